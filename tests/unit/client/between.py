"""Something between a client and a server that breaks connections when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests


class Between:
    """Passes requests on to `target`. `plan` says what becomes of the next ones: "pass" them, "drop" the answer, "refuse"
    without asking the server, say "away" as a proxy does, or "cut" the answer in the middle; after that all pass."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.plan: list[str] = []
        self.seen: list[str] = []
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        fate = self.plan.pop(0) if self.plan else "pass"
        self.seen.append(f"{handler.command} {handler.path.partition('?')[0].rpartition('/')[2]} {fate}")
        body = self._body(handler)
        if fate == "refuse":
            handler.close_connection = True
            return
        if fate == "away":
            self._say(handler, 503, {"Retry-After": "1", "Content-Type": "text/plain"}, b"restarting")
            return
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() not in ("host", "transfer-encoding")
        }
        given = requests.request(
            handler.command,
            self.target + handler.path,
            data=body,
            headers=headers,
            timeout=60,
            allow_redirects=False,
        )
        if fate == "drop":
            handler.close_connection = True
            return
        content = given.content
        self._say(
            handler,
            given.status_code,
            dict(given.headers),
            content,
            content[: len(content) // 2] if fate == "cut" else content,
        )
        handler.close_connection = fate == "cut"

    @staticmethod
    def _body(handler: BaseHTTPRequestHandler) -> bytes | None:
        if "chunked" in handler.headers.get("Transfer-Encoding", ""):
            pieces = []
            while size := int(handler.rfile.readline(), 16):
                pieces.append(handler.rfile.read(size))
                handler.rfile.readline()
            handler.rfile.readline()
            return b"".join(pieces)
        length = handler.headers.get("Content-Length")
        return handler.rfile.read(int(length)) if length else None

    @staticmethod
    def _say(
        handler: BaseHTTPRequestHandler,
        status: int,
        headers: dict[str, str],
        content: bytes,
        sent: bytes | None = None,
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content if sent is None else sent)


@contextmanager
def between(target: str) -> Iterator[Between]:
    """Stand before the server `target` until the end of the block."""
    state = Between(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: Any) -> None:
            pass

        def _any(self) -> None:
            state.answer(self)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - its names

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
