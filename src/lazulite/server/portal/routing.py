"""From a request to a `Visit`, and from an error to a page that says what to do.

A page's function is synchronous, as the service is, and runs in a thread of the server's pool:

    def show(visit: Visit) -> Response:
        return page(visit.request, "models.html", models=visit.service.list_assets(visit.workspace.id, …))

    routes = [reading("/workspaces/{workspace}/models", show), acting("/workspaces/{workspace}/models/delete", remove)]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lazulite.api.service import Service
from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import LazuliteError, NotFound
from lazulite.server.callers import Caller
from lazulite.server.portal import failures
from lazulite.server.portal.checked_service import checked_service
from lazulite.server.working import Workers

#: A form is text that a person typed, and ids of rows that they chose.
_LARGEST_FORM = 1_000_000


@dataclass(frozen=True)
class Visit:
    """One request: who asks, about which workspace, and, where it is a form, what was filled in. `service` does what
    the viewer may do, and raises `Forbidden` for the rest."""

    request: Request
    service: Service
    viewer: Caller
    found: Workspace | None = None
    fields: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        """The workspace of the address."""
        if self.found is None:
            raise NotFound("This address names no workspace.", kind="workspace")
        return self.found

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """A value of the query, or ""."""
        return self.request.query_params.get(name, "").strip()

    def filled(self, name: str) -> str:
        """A field of the form, or ""."""
        return (self.fields.get(name) or [""])[0].strip()

    def may(self, role: Role) -> bool:
        """Whether the viewer has that role in the workspace."""
        return self.viewer.may(role, self.workspace.id)


Shown = Callable[[Visit], Response]


def reading(path: str, shown: Shown, role: Role = Role.READER) -> Route:
    """A page: GET, for those with `role` in the workspace of the address."""

    async def endpoint(request: Request) -> Response:
        return await _worked(request, lambda: _answer(request, shown, role, {}))

    return Route(path, endpoint, methods=["GET"], name=shown.__name__)


def acting(path: str, done: Shown, role: Role = Role.CONTRIBUTOR) -> Route:
    """A form's target: POST, for those with `role`. It ends with `flash.redirect`. That it comes from a page of ours
    was checked before, for every request that changes something (`server.checks`)."""

    async def endpoint(request: Request) -> Response:
        fields: dict[str, list[str]] = {}
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST_FORM:
                return failures.large_form(request)
        for name, value in parse_qsl(body.decode(errors="replace"), keep_blank_values=True):
            fields.setdefault(name, []).append(value)
        return await _worked(request, lambda: _answer(request, done, role, fields))

    return Route(path, endpoint, methods=["POST"], name=done.__name__)


async def _worked(request: Request, work: Callable[[], Response]) -> Response:
    workers: Workers = request.app.state.workers
    return await workers.call(work)


def _answer(request: Request, shown: Shown, role: Role, fields: Mapping[str, list[str]]) -> Response:
    viewer: Caller | None = getattr(request.state, "caller", None)
    if viewer is None:
        return RedirectResponse(f"/login?next={quote(_whole_path(request))}", status_code=303)
    service = checked_service(request, viewer)
    try:
        workspace = _workspace(request, service, viewer)
        if workspace is not None and not viewer.may(role, workspace.id):
            return failures.not_allowed(request, role, workspace)
        return shown(Visit(request, service, viewer, workspace, fields))
    except LazuliteError as error:
        return failures.failed(request, error)


def _workspace(request: Request, service: Service, viewer: Caller) -> Workspace | None:
    """The workspace that the address names. One that the viewer may not look at is none for them."""
    wanted = request.path_params.get("workspace")
    if wanted is None:
        return None
    if not viewer.may(Role.READER, wanted):
        raise NotFound(
            f"There is no workspace {wanted!r} that you may look at. Ask an owner for the role Reader in it.",
            kind="workspace",
            name=wanted,
        )
    found = service.get_workspace(wanted)
    request.state.workspace = found
    return found


def _whole_path(request: Request) -> str:
    if request.method != "GET":
        return "/"
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
