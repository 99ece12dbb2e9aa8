"""Headers of every answer: what a browser may do with it, and who may keep it."""

from __future__ import annotations

from starlette.types import Message, Scope

from lazulite import __version__

_ALL = [
    (b"lazulite-version", __version__.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_DIRECTIVES = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_POLICY = (b"content-security-policy", "; ".join(_DIRECTIVES).encode())
_FRAMES = (b"x-frame-options", b"DENY")
_NO_STORE = (b"cache-control", b"no-store")


def dress(scope: Scope, start: Message) -> None:
    """Add to the first message of an answer what it lacks of the headers that all have."""
    given = {name.lower() for name, _ in start["headers"]}
    wanted = [*_ALL, _POLICY, _FRAMES]
    if not scope["path"].startswith("/static/"):
        wanted.append(_NO_STORE)
    start["headers"] = [*start["headers"], *(pair for pair in wanted if pair[0] not in given)]
