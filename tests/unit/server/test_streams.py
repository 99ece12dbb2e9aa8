"""A stream is counted for as long as it lasts, and no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.requests import Request

from lazulite.model.errors import ServiceUnavailable
from lazulite.server.app import make_app
from lazulite.server.callers import HomeGuard
from lazulite.server.settings import Settings
from lazulite.server.streams import stream
from lazulite.service.local import LocalService


def test_a_reader_who_was_gone_before_the_first_message_is_not_counted_for_ever(home: Path) -> None:
    app = make_app(LocalService(str(home)), HomeGuard("token"), Settings(max_streams=1))
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [], "app": app}

    async def messages() -> AsyncIterator[str]:
        yield "data: 1\n\n"

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        await anyio.lowlevel.checkpoint()

    async def visit() -> None:
        for _ in range(3):
            await stream(Request(scope), messages())(scope, receive, send)
        held = stream(Request(scope), messages())
        with pytest.raises(ServiceUnavailable):
            stream(Request(scope), messages())
        await held(scope, receive, send)

    anyio.run(visit)
