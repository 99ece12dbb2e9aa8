"""From a template and what it shows to a response.

Templates escape everything; none holds inline script or style, so that the content security policy (server.headers) can forbid both.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import lazulite
from lazulite.model import amounts
from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.server.callers import Caller
from lazulite.server.portal import flash, links, static_files, words

_THEMES = ("dark", "light")


def page(request: Request, template: str, status: int = 200, **context: object) -> Response:
    """Render a template.

    Besides `context` and the filters and functions of `environment()`, every template sees: `request`, `here` (the
    workspace or None), `workspaces` (those the viewer may look at), `viewer` (or None), `may_change` and `may_own`
    (whether they are a Contributor or an Owner here), `flash`, `theme`.
    """
    here: Workspace | None = getattr(request.state, "workspace", None)
    viewer: Caller | None = getattr(request.state, "caller", None)
    message = flash.waiting(request)
    everywhere: dict[str, object] = {
        "request": request,
        "here": here,
        "workspaces": context["workspaces"] if "workspaces" in context else visible_workspaces(request),
        "viewer": viewer,
        "may_change": bool(viewer and here and viewer.may(Role.CONTRIBUTOR, here.id)),
        "may_own": bool(viewer and here and viewer.may(Role.OWNER, here.id)),
        "flash": message,
        "theme": _theme(request),
    }
    text = environment().get_template(template).render({**everywhere, **context})
    response = HTMLResponse(text, status)
    if message:
        flash.shown(response)
    return response


def visible_workspaces(request: Request) -> tuple[Workspace, ...]:
    """Return the workspaces that the viewer may look at, oldest first."""
    viewer: Caller | None = getattr(request.state, "caller", None)
    if viewer is None:
        return ()
    found = request.app.state.service.list_workspaces()
    return tuple(one for one in found if viewer.may(Role.READER, one.id))


@cache
def environment() -> Environment:
    """The templates' surroundings: filters and functions that all of them may use."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = "ago absolute iso duration number status_icon status_tone status_word seconds_of title_of"
    made.filters.update({name: getattr(words, name) for name in names.split()})
    made.filters.update(size=amounts.size, counted=amounts.counted)
    functions: dict[str, Any] = {
        "static": static_files.address,
        "at": links.at,
        "below": links.below,
        "with_query": links.with_query,
        "version": lazulite.__version__,
    }
    made.globals.update(functions)
    return made


def _theme(request: Request) -> str:
    """The theme that was chosen, or "" to follow the system's; in a cookie, so that a page never flashes."""
    chosen = request.cookies.get("lazulite_theme", "")
    return chosen if chosen in _THEMES else ""
