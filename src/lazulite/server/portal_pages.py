"""The pages people look at, if this installation has them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

_PORTAL = "lazulite.server.portal"


@cache
def _portal() -> ModuleType | None:
    try:
        return importlib.import_module(_PORTAL)
    except ModuleNotFoundError as error:
        if error.name != _PORTAL:
            raise
        return None


def routes() -> Sequence[BaseRoute]:
    """The pages' routes: `lazulite.server.portal.routes()`."""
    portal = _portal()
    return cast("Sequence[BaseRoute]", portal.routes()) if portal else ()


def error_page(request: Request, status: int, message: str) -> Response | None:
    """The pages' own way to say that something is wrong (`error_page` of the portal), None if they have none."""
    make = getattr(_portal(), "error_page", None)
    return cast("Response", make(request, status, message)) if make else None
