"""Pipeline endpoints: one address, versions behind it, and which of them answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api.service import Service
from lazulite.model.assets import AssetKind
from lazulite.model.codec import from_data
from lazulite.model.errors import NotFound
from lazulite.model.publishing import (
    ENDPOINT_ID,
    EndpointChange,
    EndpointVersion,
    PipelineEndpoint,
    PublishedPipeline,
    PublishedStatus,
)
from lazulite.model.run import RunQuery
from lazulite.server.portal import flash, links
from lazulite.server.portal.pages import page
from lazulite.server.portal.pipelines import TONES, form_context
from lazulite.server.portal.routing import Visit, acting, reading
from lazulite.server.portal.run_rows import rows_of
from lazulite.server.portal.start_form import snippets, start_request, suggested_experiment
from lazulite.server.portal.words import title_of

_ENDPOINTS = "/workspaces/{workspace}/endpoints"
_CALLS = 8


@dataclass(frozen=True)
class VersionView:
    """A version of an endpoint with its pipeline, None if that is gone."""

    version: EndpointVersion
    pipeline: PublishedPipeline | None
    is_default: bool


def routes() -> list[BaseRoute]:
    """The list, one endpoint, and its actions."""
    one = _ENDPOINTS + "/{endpoint}"
    return [
        reading(_ENDPOINTS, show_all),
        reading(one, show),
        acting(one + "/start", start),
        acting(one + "/default", set_default),
        acting(one + "/add", add_version),
        acting(one + "/status", set_status),
    ]


def show_all(visit: Visit) -> Response:
    """All endpoints."""
    found = visit.service.list_assets(visit.workspace.id, AssetKind.PIPELINE_ENDPOINT)
    rows = [(asset, from_data(PipelineEndpoint, asset.document)) for asset in found]
    return page(visit.request, "endpoints.html", rows=rows, tones=TONES)


def show(visit: Visit) -> Response:
    """One endpoint: its versions, a form for the default one, snippets and last calls."""
    service, ws = visit.service, visit.workspace.id
    endpoint = service.get_endpoint(ws, visit.part("endpoint"))
    versions = _versions(service, ws, endpoint)
    default = next((one.pipeline for one in versions if one.is_default), None)
    calls = service.list_runs(
        ws, RunQuery(properties={ENDPOINT_ID: endpoint.id}, top_level=True, limit=_CALLS)
    )
    known = {one.version.pipeline_id for one in versions}
    published = service.list_assets(ws, AssetKind.PUBLISHED_PIPELINE)
    return page(
        visit.request,
        "endpoint.html",
        endpoint=endpoint,
        versions=versions[::-1],
        default=default,
        others=[(asset.name, asset.document["name"]) for asset in published if asset.name not in known],
        calls=rows_of(service, ws, calls),
        tones=TONES,
        snippets=snippets(
            visit.request,
            visit.workspace,
            f"PipelineEndpointSubmit/Id/{endpoint.id}",
            default.parameters if default else (),
            endpoint.name,
        ),
        **(form_context(visit, default, calls) if default else {}),
    )


def start(visit: Visit) -> Response:
    """Start the default version as the form says, and go to the run."""
    service, ws = visit.service, visit.workspace.id
    endpoint = service.get_endpoint(ws, visit.part("endpoint"))
    default = next((one.pipeline for one in _versions(service, ws, endpoint) if one.is_default), None)
    if default is None:
        raise NotFound(
            f"The endpoint '{endpoint.name}' has no version to start. Add one first.", kind="pipeline"
        )
    request = start_request(visit, default.parameters, suggested_experiment(endpoint.name))
    run = service.start_published(ws, replace(request, endpoint=endpoint.id))
    return flash.redirect(links.at(ws, "runs", run.id), f"Started {title_of(run)}.")


def set_default(visit: Visit) -> Response:
    """Let another version answer: promote a newer one, or roll back to an older one."""
    version = visit.filled("version")
    return _changed(visit, EndpointChange(default_version=version), f"Version {version} answers from now on.")


def add_version(visit: Visit) -> Response:
    """Add a published pipeline as the next version."""
    change = EndpointChange(add=visit.filled("pipeline"), as_default=bool(visit.filled("as_default")))
    return _changed(visit, change, "The version was added.")


def set_status(visit: Visit) -> Response:
    """Enable or disable it."""
    status = PublishedStatus.ACTIVE if visit.filled("status") == "Active" else PublishedStatus.DISABLED
    word = "It answers again." if status is PublishedStatus.ACTIVE else "It is disabled: calls are refused."
    return _changed(visit, EndpointChange(status=status), word)


def _changed(visit: Visit, change: EndpointChange, text: str) -> Response:
    endpoint = visit.service.change_endpoint(visit.workspace.id, visit.part("endpoint"), change)
    return flash.redirect(
        links.at(visit.workspace.id, "endpoints", endpoint.id), f"'{endpoint.name}': {text}"
    )


def _versions(service: Service, workspace: str, endpoint: PipelineEndpoint) -> list[VersionView]:
    """The versions, oldest first."""
    return [
        VersionView(
            one, _pipeline(service, workspace, one.pipeline_id), one.version == endpoint.default_version
        )
        for one in endpoint.versions
    ]


def _pipeline(service: Service, workspace: str, pipeline_id: str) -> PublishedPipeline | None:
    try:
        asset = service.get_asset(workspace, AssetKind.PUBLISHED_PIPELINE, pipeline_id)
    except NotFound:
        return None
    return from_data(PublishedPipeline, asset.document)
