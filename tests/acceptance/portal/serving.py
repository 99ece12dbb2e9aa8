"""A server for tests: the whole application over a service, on a free port of this machine, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api.service import Service
from lazulite.model.access import EVERYWHERE, Role
from lazulite.server.app import make_app
from lazulite.server.callers import Audit, Caller


@dataclass(frozen=True)
class Everybody:
    """A guard to whom everybody is `who`."""

    who: Caller

    @property
    def audit(self) -> Audit | None:
        return None

    async def identify(self, request: HTTPConnection) -> Caller | None:
        return self.who

    async def challenge(self, request: Request) -> Response | None:
        return None

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    def is_open(self, path: str) -> bool:
        return False


def somebody(role: Role, workspace: str = EVERYWHERE) -> Caller:
    """A person with one role."""
    return Caller("ada", "ada", {workspace: role}, by_cookie=True)


@contextmanager
def serving(service: Service, who: Caller | None = None) -> Iterator[str]:
    """Serve the portal; gives the URL."""
    app = make_app(service, Everybody(who or somebody(Role.OWNER)))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
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
