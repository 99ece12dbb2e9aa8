"""`GET /api/v1/audit`: the log of changes, for owners."""

from __future__ import annotations

import functools

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.codec import to_data
from lazulite.model.errors import InvalidRequest
from lazulite.server.callers import Caller
from lazulite.server.permits import require_role
from lazulite.service.access.access import Access

PATH = "/api/v1/audit"
_MOST = 1000
_NAMES = {"workspace", "principal", "before", "limit"}


class ChangeLog:
    """The route."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def answer(self, request: Request) -> Response:
        """The newest entries; of one workspace with `workspace`, which its owner may ask for."""
        caller: Caller = request.state.caller
        asked = dict(request.query_params)
        unknown = sorted(set(asked) - _NAMES)
        if unknown:
            raise InvalidRequest(
                f"There is no parameter {unknown[0]!r}. There are {', '.join(sorted(_NAMES))}."
            )
        workspace = asked.get("workspace")
        require_role(caller, Role.OWNER, workspace or EVERYWHERE, "read the log of changes")
        read = functools.partial(
            self._access.audit,
            workspace or None,
            asked.get("principal"),
            _number(asked, "before"),
            min(_number(asked, "limit") or 100, _MOST),
        )
        return JSONResponse(to_data(await anyio.to_thread.run_sync(read)))


def _number(asked: dict[str, str], name: str) -> int | None:
    text = asked.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < len(text) < 19:  # noqa: PLR2004 - what a database counts to
        raise InvalidRequest(f"{name} is {text!r}. Expected a whole number.")
    return int(text)
