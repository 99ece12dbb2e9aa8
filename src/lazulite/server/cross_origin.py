"""Pages of other sites that may call this server: named in the setting `allowed_origins`, none unless somebody names them.

They send a token themselves; the browser's cookies are never taken from them.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from lazulite.server.settings import Settings

Pairs = list[tuple[bytes, bytes]]
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_HEADERS = "Authorization, Content-Type, Accept, Last-Event-ID"
_KEPT_SECONDS = "600"


def allowed_origin(request: Request, settings: Settings) -> str | None:
    """The site that a request comes from, if it is one of those that may call."""
    origin = request.headers.get("origin")
    return origin if origin in settings.allowed_origins else None


def is_preflight(request: Request) -> bool:
    """Whether a browser asks, before it sends a request, if it may."""
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


def preflight() -> Response:
    """The answer to that for a site that may."""
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": _KEPT_SECONDS,
        },
    )


def headers_for(origin: str | None) -> Pairs:
    """What tells a browser to give an answer to a page of that site."""
    if origin is None:
        return []
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]
