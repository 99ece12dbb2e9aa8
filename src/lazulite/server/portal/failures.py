"""Pages for what went wrong: what it was, and what to do."""

from __future__ import annotations

import http

from starlette.requests import Request
from starlette.responses import Response

from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import (
    Conflict,
    InvalidRequest,
    LazuliteError,
    NotFound,
    ServiceUnavailable,
)
from lazulite.server.portal.pages import page

_STATUSES: tuple[tuple[type[LazuliteError], int, str], ...] = (
    (NotFound, 404, "Not found"),
    (Conflict, 409, "Not possible now"),
    (InvalidRequest, 400, "That cannot be used"),
    (ServiceUnavailable, 503, "The engine cannot be reached"),
)


def failed(request: Request, error: LazuliteError) -> Response:
    """The page for an error of ours: its own words, which say what to do."""
    status, title = next(
        ((status, title) for kind, status, title in _STATUSES if isinstance(error, kind)),
        (500, "Something failed"),
    )
    return page(request, "failure.html", status, title=title, message=error.message, code=error.code)


def error_page(request: Request, status: int, message: str) -> Response:
    """The page for an error outside the portal's own pages. It asks the service nothing: that may be what failed."""
    title = http.HTTPStatus(status).phrase
    return page(
        request, "failure.html", status, title=title, message=message, code=str(status), workspaces=()
    )


def not_allowed(request: Request, role: Role, workspace: Workspace) -> Response:
    """The page for who lacks a role."""
    message = (
        f"This needs the role {role.value} in workspace '{workspace.name}'. "
        f"Ask one of its owners: lazulite access grant NAME {role.value} -w {workspace.name}"
    )
    return page(request, "failure.html", 403, title="Not allowed", message=message, code="Forbidden")


def foreign_form(request: Request) -> Response:
    """The page for a form that did not come from a page of ours."""
    message = (
        "This form was not sent from this server's own pages, so nothing was done. Open the page here and send the "
        "form from it. Behind a proxy, the proxy must pass the Host header on."
    )
    return page(request, "failure.html", 403, title="Refused", message=message, code="CrossSite")


def large_form(request: Request) -> Response:
    """The page for a form that is larger than any of ours."""
    message = "The form is larger than 1 MB, so nothing was done. Choose fewer rows, or use the command line."
    return page(request, "failure.html", 413, title="Too large", message=message, code="TooLarge")
