"""Checks that a request passes before any route sees it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope

from lazulite.model.errors import Forbidden, InvalidRequest, PathEscapes
from lazulite.server.callers import Caller
from lazulite.server.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: A separator inside a segment, or a NUL.
_TRICKS = re.compile(rb"%(?:00|2f|5c)", re.IGNORECASE)


def check_host(request: Request, settings: Settings) -> None:
    """Refuse a request that calls the server by a name which is none of its own: a page on the web that reaches a server
    on localhost does so."""
    hosts = request.headers.getlist("host")
    if len(hosts) > 1:
        raise InvalidRequest("The request has several Host headers.")
    host = hosts[0] if hosts else ""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    public = urlsplit(settings.public_url).hostname
    if name and any(_is_called(name.lower(), own) for own in (*settings.allowed_hosts, public) if own):
        return
    raise InvalidRequest(
        f"This server is not called {name!r}. Add that name to its allowed hosts, or call it by one of them."
    )


def _is_called(name: str, own: str) -> bool:
    return own in ("*", name) or (own.startswith("*.") and name.endswith(own[1:]))


def check_path(scope: Scope) -> None:
    """Refuse a path that would mean another one to whoever decodes it once more."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path: str = scope["path"]
    if _TRICKS.search(raw.partition(b"?")[0]) or "\0" in path or "\\" in path:
        raise PathEscapes("The path holds an encoded separator or a NUL character.")
    if any(part in (".", "..") for part in path.split("/")):
        raise PathEscapes("The path holds '.' or '..' as a name.")


def check_origin(request: Request, settings: Settings, caller: Caller | None) -> None:
    """Refuse what a page of another site has sent, if it might change something."""
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None:
        if _is_own(origin, request, settings):
            return
        if origin in settings.allowed_origins and not (caller and caller.by_cookie):
            return
    elif site in ("same-origin", "none") or (site is None and not (caller and caller.by_cookie)):
        return
    raise Forbidden(
        f"The request comes from a page of another site ({origin or site or 'it does not say which'}). "
        "Pages that may call this server are named in its allowed origins."
    )


def _is_own(origin: str, request: Request, settings: Settings) -> bool:
    public = urlsplit(settings.public_url)
    if settings.public_url and origin == f"{public.scheme}://{public.netloc}":
        return True
    return urlsplit(origin).netloc == request.headers.get("host", "") != ""
