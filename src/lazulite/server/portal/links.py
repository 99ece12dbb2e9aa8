"""Addresses of pages. Every part is quoted: names may hold anything that a file name may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from starlette.requests import Request

from lazulite.server.settings import Settings

Query = Mapping[str, str | Iterable[str] | None]


def at(workspace: str, *parts: object, **query: object) -> str:
    """Return the path of a page of a workspace: `at(id, "runs", run_id, tab="logs")`.

    Values of `query` that are None or empty are left out; a list repeats its name.
    """
    path = "/".join(quote(str(part), safe="") for part in ("workspaces", workspace, *parts))
    return f"/{path}{with_query(query)}"


def below(workspace: str, first: str, path: str, **query: object) -> str:
    """Return the path of a page whose last part is a path itself: folders stay folders."""
    return f"{at(workspace, first)}/{quote(path, safe='/')}{with_query(query)}"


def with_query(query: Mapping[str, object]) -> str:
    """Return `?a=1&b=2`, or nothing."""
    pairs = [
        (name, str(one))
        for name, value in query.items()
        for one in (value if isinstance(value, (list, tuple)) else [value])
        if one not in (None, "", False)
    ]
    return f"?{urlencode(pairs)}" if pairs else ""


def base(request: Request) -> str:
    """Return what the server is reached by from outside, without a slash at the end."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


def is_local(target: str) -> bool:
    """Whether a redirect target that came with a request leads to a page of ours."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target
