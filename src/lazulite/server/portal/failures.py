"""Pages for what went wrong: what it was, and what to do."""

from __future__ import annotations

import http

from starlette.requests import Request
from starlette.responses import Response

from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import LazuliteError
from lazulite.server import errors
from lazulite.server.portal.pages import page

#: By status: what a page about it is called.
_TITLES = {
    400: "That cannot be used",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible now",
    413: "Too large",
    429: "Too many attempts",
    500: "Something failed",
    502: "The storage cannot be used",
    503: "The engine cannot be reached",
    507: "The disk is full",
}


def failed(request: Request, error: LazuliteError) -> Response:
    """The page for an error of ours: its own words, which say what to do."""
    status = errors.status_of(type(error))
    return page(request, "failure.html", status, title=_title(status), message=error.message, code=error.code)


def error_page(request: Request, status: int, message: str) -> Response:
    """The page for an error outside the portal's own pages. It asks the service nothing: that may be what failed."""
    return page(
        request,
        "failure.html",
        status,
        title=_title(status),
        message=message,
        code=str(status),
        workspaces=(),
    )


def not_allowed(request: Request, role: Role, workspace: Workspace) -> Response:
    """The page for who lacks a role."""
    message = (
        f"This needs the role {role.value} in workspace '{workspace.name}'. "
        f"Who runs the server gives it: lazulite roles grant NAME {role.value} --workspace {workspace.name}"
    )
    return page(request, "failure.html", 403, title="Not allowed", message=message, code="Forbidden")


def large_form(request: Request) -> Response:
    """The page for a form that is larger than any of ours."""
    message = "The form is larger than 1 MB, so nothing was done. Choose fewer rows, or use the command line."
    return error_page(request, 413, message)


def _title(status: int) -> str:
    return _TITLES.get(status) or http.HTTPStatus(status).phrase
