"""A server for tests: the portal over a service, on a free port of this machine, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from lazulite.api.service import Service
from lazulite.model.access import Role
from lazulite.server import portal


@dataclass(frozen=True)
class Somebody:
    """A caller with one role everywhere."""

    role: Role = Role.OWNER
    id: str = "ada"
    name: str = "ada"

    def may(self, role: Role, workspace_id: str) -> bool:
        return self.role.includes(role)


@dataclass
class _Known:
    """Says that whoever calls is `who`."""

    app: ASGIApp
    who: Somebody = field(default_factory=Somebody)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["caller"] = self.who
        await self.app(scope, receive, send)


@contextmanager
def serving(service: Service, who: Somebody | None = None) -> Iterator[str]:
    """Serve the portal; gives the URL."""
    app = Starlette(routes=portal.routes())
    app.state.service = service
    config = uvicorn.Config(
        _Known(app, who or Somebody()), host="127.0.0.1", port=0, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
