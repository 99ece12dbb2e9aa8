"""Style and scripts, under addresses that change with their content, so that browsers may keep them for ever.

One digest stands for the whole folder: scripts import each other by relative address, and a new version of one is a new
version of all.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def routes() -> list[BaseRoute]:
    """The one route below which all static files are; whoever asks may have them."""
    return [
        Route("/static/{digest}/{name}", _serve, methods=["GET"]),
        Route("/favicon.ico", _icon),
    ]


def address(name: str) -> str:
    """Return the path of a static file, for templates.

    Raises:
        KeyError: there is no such file.
    """
    files, digest = _files()
    if name not in files:
        raise KeyError(f"the portal has no static file {name!r}")
    return f"/static/{digest}/{name}"


@cache
def _files() -> tuple[dict[str, bytes], str]:
    """All files by name, and the digest of them all."""
    files = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}
    whole = hashlib.sha256()
    for name, content in files.items():
        whole.update(f"{name}\0{len(content)}\0".encode() + content)
    return files, whole.hexdigest()[:16]


def _serve(request: Request) -> Response:
    files, digest = _files()
    name = request.path_params["name"]
    if name not in files:
        return Response("There is no such file.", 404, media_type="text/plain")
    # An old page may ask for the files of before an upgrade: it gets today's, and does not keep them.
    current = request.path_params["digest"] == digest
    return Response(
        files[name],
        headers={
            "content-type": _TYPES[Path(name).suffix],
            "cache-control": _FOR_EVER if current else "no-cache",
            "x-content-type-options": "nosniff",
        },
    )


def _icon(_request: Request) -> Response:
    return Response(_files()[0]["lazulite.svg"], media_type="image/svg+xml")
