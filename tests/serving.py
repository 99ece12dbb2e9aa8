"""A real server for tests: the application under uvicorn, on a port of 127.0.0.1 that the system chooses.

    from tests.serving import serving

    def test_it_answers(home):
        with serving(LocalService(str(home))) as server:
            assert server.get("/api/v1/workspaces").json() == []
            server.post("/api/v1/workspaces", json={...})
            requests.get(server.url + "/health")          # without its token

`serving` takes the guard and settings of `make_app`; without a guard it is the one of a home, with `server.token`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
import uvicorn

from lazulite.api.service import Service
from lazulite.server.app import make_app
from lazulite.server.callers import Guard, HomeGuard
from lazulite.server.settings import Settings

TOKEN = "token-of-the-tests"


class Served:
    """A running server: `url`, `app`, its home's `token`, and requests that send it."""

    def __init__(self, url: str, app: Any, token: str) -> None:
        self.url, self.app, self.token = url, app, token
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.trust_env = False

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request with the token; `path` begins with a slash."""
        options.setdefault("timeout", 60)
        return self.session.request(method, self.url + path, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.request("DELETE", path, **options)


@contextmanager
def serving(
    service: Service, guard: Guard | None = None, settings: Settings | None = None, token: str = TOKEN
) -> Iterator[Served]:
    """Serve `service` until the end of the block, in a thread of this process."""
    app = make_app(service, guard or HomeGuard(token), settings)
    started = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            started.set()

    server = Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, name="test server")
    thread.start()
    try:
        assert started.wait(20), "the server did not start"
        port = server.servers[0].sockets[0].getsockname()[1]
        served = Served(f"http://127.0.0.1:{port}", app, token)
        yield served
        served.session.close()
    finally:
        server.should_exit = True
        thread.join(20)
