"""The table of v1's routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from lazulite.model.access import Role
from lazulite.model.assets import AssetKind
from lazulite.server.v1 import assets, runs, submitting
from lazulite.server.v1.call import V1Route
from lazulite.server.v1.prefixes import PREFIXES, SCOPE

_READER, _CONTRIBUTOR = Role.READER, Role.CONTRIBUTOR
_GET, _POST, _ASK = ("GET",), ("POST",), ("GET", "POST")
_SUBMIT = "/PipelineRuns/PipelineEndpointSubmit/Id/{id}"
_SUBMIT_NAME = "/PipelineRuns/PipelineEndpointSubmit/Name"
_RUN = "/PipelineRuns/{id}"
_PIPELINES = AssetKind.PUBLISHED_PIPELINE, "published pipelines"
_ENDPOINTS = AssetKind.PIPELINE_ENDPOINT, "pipeline endpoints"
_SCHEDULES = AssetKind.SCHEDULE, "schedules"
_DRAFTS = AssetKind.PIPELINE_DRAFT, "pipeline drafts"

#: Below `SCOPE`; who asks about a step sends its node id in a body, so v1 asked by POST.
ROUTES: tuple[V1Route, ...] = (
    V1Route(
        _POST,
        "/PipelineRuns/PipelineSubmit/{id}",
        _CONTRIBUTOR,
        submitting.submit_pipeline,
        "start_published",
    ),
    V1Route(_POST, _SUBMIT, _CONTRIBUTOR, submitting.submit_endpoint, "start_published"),
    V1Route(_POST, _SUBMIT + "/{version}", _CONTRIBUTOR, submitting.submit_endpoint, "start_published"),
    V1Route(_POST, _SUBMIT_NAME, _CONTRIBUTOR, submitting.submit_endpoint_by_name, "start_published"),
    V1Route(_GET, "/PipelineRuns", _READER, runs.list_runs),
    V1Route(_GET, _RUN, _READER, runs.get_run),
    V1Route(("DELETE",), _RUN + "/Execution", _CONTRIBUTOR, runs.cancel, "cancel_run"),
    V1Route(_ASK, _RUN + "/Graph/Node/StatusCode", _READER, runs.node_status),
    V1Route(_ASK, _RUN + "/Graph/AllNodes/Status", _READER, runs.node_statuses),
    V1Route(_ASK, _RUN + "/Outputs", _READER, runs.node_outputs),
    V1Route(_ASK, _RUN + "/Graph/Shareable/JobLog", _READER, runs.job_log),
    V1Route(_ASK, _RUN + "/Graph/Shareable/STDOUT", _READER, runs.stdout),
    V1Route(_ASK, _RUN + "/Graph/Shareable/STDERR", _READER, runs.stderr),
    V1Route(_GET, _RUN + "/PipelineRunOutputs/{name}", _READER, runs.pipeline_output),
    V1Route(_GET, "/Pipelines", _READER, assets.listing(*_PIPELINES)),
    V1Route(_GET, "/Pipelines/{id}", _READER, assets.single(*_PIPELINES)),
    V1Route(_GET, "/Pipelines/{id}/parameters", _READER, assets.parameters),
    V1Route(_GET, "/Pipelines/{id}/status", _READER, assets.status),
    V1Route(("PUT",), "/Pipelines/{id}/status", _CONTRIBUTOR, assets.set_status, "put_asset"),
    V1Route(_GET, "/PipelineEndpoints", _READER, assets.listing(*_ENDPOINTS)),
    V1Route(_GET, "/PipelineEndpoints/{id}", _READER, assets.single(*_ENDPOINTS)),
    V1Route(_GET, "/PipelineEndpoints/Id/{id}", _READER, assets.single(*_ENDPOINTS)),
    V1Route(_GET, "/PipelineEndpoints/Name/{id}", _READER, assets.single(*_ENDPOINTS)),
    V1Route(_GET, "/PipelineDrafts", _READER, assets.listing(*_DRAFTS)),
    V1Route(_GET, "/PipelineDrafts/{id}", _READER, assets.single(*_DRAFTS)),
    V1Route(_GET, "/Schedules", _READER, assets.listing(*_SCHEDULES)),
    V1Route(_GET, "/Schedules/{id}", _READER, assets.single(*_SCHEDULES)),
)


class V1Resource:
    """One path of v1, as an ASGI application."""

    def __init__(self, template: str, routes: Mapping[str, V1Route]) -> None:
        self.template = template
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get("GET" if scope["method"] == "HEAD" else scope["method"])
        if route is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(self._routes))})
        response = await route.respond(Request(scope, receive), self.template)
        await response(scope, receive, send)


def mounts() -> list[BaseRoute]:
    """The same routes below each of v1's prefixes."""
    by_path: dict[str, dict[str, V1Route]] = defaultdict(dict)
    for route in ROUTES:
        by_path[route.path] |= dict.fromkeys(route.methods, route)
    routes = [Route(SCOPE + path, V1Resource(f"v1:{path}", methods)) for path, methods in by_path.items()]
    router = Router(routes, redirect_slashes=False)
    return [Mount(prefix, app=router) for prefix in PREFIXES]
