"""The form that asks who one is, and the page that sends a browser on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from lazulite.server.portal.pages import page

if TYPE_CHECKING:
    from jinja2 import Template

_ONWARD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lazulite</title>
<meta http-equiv="refresh" content="0; url={{ wanted }}"></head>
<body><p><a href="{{ wanted }}">Go on</a></p></body></html>
"""
_LONGEST_NAME = 128


def form(
    request: Request,
    wanted: str,
    problem: str = "",
    name: str = "",
    status: int = 200,
    *,
    with_token: bool = False,
    has_names: bool = True,
) -> Response:
    """The form.

    Args:
        request: What it answers.
        wanted: Where to go afterwards, a path of this server.
        problem: What was wrong with what was filled in before.
        name: The name that was filled in.
        status: Of the answer.
        with_token: Whether the part for a token is open.
        has_names: Whether anybody can have a name and a password; on a machine of one's own nobody has.
    """
    return page(
        request,
        "login.html",
        status,
        wanted=wanted,
        problem=problem,
        name=name[:_LONGEST_NAME],
        with_token=with_token,
        workspaces=(),  # asking for them would keep the event loop waiting
        has_names=has_names,
    )


def onward(wanted: str) -> str:
    """A page that sends the browser on to a path of this server. It needs no style: nobody sees it."""
    return _template().render(wanted=wanted)


@cache
def _template() -> Template:
    from jinja2 import Environment

    return Environment(autoescape=True).from_string(_ONWARD)
