"""A call of one of v1's routes, and the way from the request to its answer.

v1's routes name a workspace by subscription, resource group and name, take JSON whose names begin with capitals, and pass
over what they do not know. What a route does is a plain function of a `View`, which runs in a worker thread.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lazulite.api.service import Service
from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import InvalidRequest, LazuliteError, NotFound
from lazulite.server.answers import file_answer, json_answer
from lazulite.server.bodies import read_json
from lazulite.server.callers import Caller
from lazulite.server.changes import entry, leave
from lazulite.server.permits import require_role
from lazulite.server.v1.places import Places
from lazulite.server.working import Workers


@dataclass(frozen=True)
class View:
    """What a route of v1 needs to know of a request."""

    service: Service
    caller: Caller
    workspace: Workspace
    #: The server's address up to and with the workspace's name.
    base: str
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    #: The JSON body; None if there is none.
    body: Any = None

    def named(self, name: str) -> str:
        """A parameter of the path."""
        return self.path[name]


@dataclass(frozen=True)
class V1Route:
    """One route: `answer` gives what becomes JSON, text for a text, an open file for a file.

    `operation` is what the log of changes calls it; a route without one changes nothing.
    """

    methods: tuple[str, ...]
    path: str
    role: Role
    answer: Callable[[View], Any]
    operation: str = ""

    async def respond(self, request: Request, template: str) -> Response:
        """The answer to a request."""
        workers: Workers = request.app.state.workers
        body = await read_json(request) if await _has_body(request) else None
        result = await workers.call(functools.partial(self._work, request, template, body))
        if isinstance(result, Response):
            return result
        return file_answer(result, workers, "text/plain; charset=utf-8", method=request.method)

    def _work(self, request: Request, template: str, body: Any) -> Response | BinaryIO:
        leave(request)  # questions come by POST, too
        places: Places = request.app.state.places
        workspace: Workspace | None = None
        try:
            workspace = places.find(request.state.caller, request.path_params)
            try:
                result = self._answer(request, template, workspace, body)
            except NotFound:
                if not places.is_stale(workspace, request.path_params):
                    raise
                workspace = places.find(request.state.caller, request.path_params)
                result = self._answer(request, template, workspace, body)
        except LazuliteError as error:
            self._audit(request, error.code, workspace)
            raise
        self._audit(request, "ok", workspace)
        if hasattr(result, "read"):
            return result  # type: ignore[no-any-return]  # a file
        return PlainTextResponse(result) if isinstance(result, str) else json_answer(request, result)

    def _answer(self, request: Request, template: str, workspace: Workspace, body: Any) -> Any:
        require_role(request.state.caller, self.role, workspace.id, f"{request.method} {template}")
        return self.answer(_view(request, workspace, body))

    def _audit(self, request: Request, outcome: str, workspace: Workspace | None) -> None:
        log = request.app.state.audit
        if self.operation and log is not None:
            parameters = request.path_params
            place = workspace.id if workspace else parameters["workspace"]
            log(entry(request, self.operation, outcome, place, parameters.get("id", "")))


async def _has_body(request: Request) -> bool:
    headers = request.headers
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _view(request: Request, workspace: Workspace, body: Any) -> View:
    address = request.app.state.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    path = request.scope["path"]
    return View(
        service=request.app.state.service,
        caller=request.state.caller,
        workspace=workspace,
        base=address + path.partition("/workspaces/")[0] + f"/workspaces/{workspace.name}",
        path=request.path_params,
        query=dict(request.query_params),
        body=body,
    )


def checked_object(body: Any) -> Mapping[str, Any]:
    """The body as a JSON object.

    Raises:
        InvalidRequest: it is none.
    """
    if not isinstance(body, dict):
        raise InvalidRequest("The body is no JSON object. Expected one with at least ExperimentName.")
    return body
