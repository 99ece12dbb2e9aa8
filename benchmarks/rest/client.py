"""`python client.py URL SECONDS CONNECTIONS`: ask a server as fast as it answers, over connections that stay open.

The request (method, path, headers, body) is read from the standard input as JSON; what was measured is printed as JSON. It
uses Python's own library only, so that it runs anywhere, and as little of that as possible: it shares the machine's cores
with the server it measures.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


class Connection(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last one is complete."""

    def __init__(self, request: bytes, until: float, done: asyncio.Future[None]) -> None:
        self.latencies: list[float] = []
        self.wrong: dict[str, int] = {}
        self._request, self._until, self._done = request, until, done
        self._received = bytearray()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        if len(self._received) < end + 4 + _length(head):
            return
        self._received.clear()
        now = time.perf_counter()
        self.latencies.append(now - self._asked)
        status = head[9:12].decode()
        if not status.startswith("2"):
            self.wrong[status] = self.wrong.get(status, 0) + 1
        if now < self._until and b"connection: close" not in head:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def load(url: str, seconds: float, connections: int, request: dict[str, Any]) -> dict[str, Any]:
    """Ask over so many connections for so long; return what was measured."""
    place = urlsplit(url)
    loop = asyncio.get_running_loop()
    text = encoded(place.netloc, request)
    host, port = place.hostname or "", place.port or 80
    until = time.perf_counter() + seconds
    made: list[Connection] = []
    ends: list[asyncio.Future[None]] = []
    began = time.perf_counter()
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        connection = Connection(text, until, done)
        await loop.create_connection(functools.partial(_itself, connection), host, port)
        made.append(connection)
        ends.append(done)
    await asyncio.gather(*ends)
    took = time.perf_counter() - began
    latencies = sorted(one for connection in made for one in connection.latencies)
    wrong: dict[str, int] = {}
    for connection in made:
        for status, count in connection.wrong.items():
            wrong[status] = wrong.get(status, 0) + count
    return {
        "requests": len(latencies),
        "per_second": len(latencies) / took,
        "median_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)],
        "wrong": wrong,
    }


def _itself(connection: Connection) -> Connection:
    return connection


def encoded(host: str, request: dict[str, Any]) -> bytes:
    """Return a request as it is sent."""
    body = json.dumps(request["body"]).encode() if "body" in request else b""
    lines = [f"{request.get('method', 'GET')} {request['path']} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.get("headers", {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps(asyncio.run(load(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), given))))
