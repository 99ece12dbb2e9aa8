"""The first page: the workspaces that the viewer may look at."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from lazulite.server.portal import links
from lazulite.server.portal.pages import page, visible_workspaces
from lazulite.server.portal.routing import Visit, reading


def routes() -> list[BaseRoute]:
    """The first page."""
    return [reading("/", show)]


def show(visit: Visit) -> Response:
    """The workspaces; where there is only one, it is the page."""
    found = visible_workspaces(visit.request)
    if len(found) == 1 and not visit.asked("all"):
        return RedirectResponse(links.at(found[0].id), status_code=303)
    return page(visit.request, "workspaces.html")
