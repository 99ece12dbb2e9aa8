"""A server's life: when it stops by itself, whom it believes, and how it says goodbye."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from lazulite.server.running import Running, Terms
from lazulite.server.visitors import Visitors


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with what it was told of the request."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(0.3)
    if scope["path"] == "/slower":
        await asyncio.sleep(3.0)
    data = json.dumps({"scheme": scope["scheme"], "client": scope["client"][0]}).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(data))]}
    )
    await send({"type": "http.response.body", "body": data})


class Here:
    """A server in this event loop, and clients of it."""

    def __init__(self, terms: Terms, lifeline: int | None = None) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.server = Running(Visitors(told, lambda: None), terms, lifeline)

    async def __aenter__(self) -> Here:  # noqa: PYI034 - Self is not in Python 3.10's typing
        self.task = asyncio.create_task(self.server.serve(sockets=[self.listener]))
        while not self.server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = True
        await asyncio.wait_for(self.task, 30)

    async def ask(self, path: str = "/", **headers: str) -> tuple[dict[str, Any], str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: here",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length")
        )
        answer = json.loads(await reader.readexactly(length))
        writer.close()
        await writer.wait_closed()
        return answer, head


FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("trusted", "scheme", "client"),
    [
        ((), "http", "127.0.0.1"),
        (("10.0.0.0/8",), "http", "127.0.0.1"),
        (("127.0.0.1",), "https", "203.0.113.9"),
        (("127.0.0.0/8",), "https", "203.0.113.9"),
    ],
)
def test_a_proxy_is_believed_if_it_is_trusted(trusted: tuple[str, ...], scheme: str, client: str) -> None:
    async def look() -> dict[str, Any]:
        async with Here(Terms(trusted_proxies=trusted)) as here:
            return (await here.ask(**FORWARDED))[0]

    answer = asyncio.run(look())
    assert (answer["scheme"], answer["client"]) == (scheme, client)


@pytest.mark.slow
def test_it_stops_when_nobody_comes_and_not_while_somebody_is_here() -> None:
    async def look() -> None:
        async with Here(Terms(idle_seconds=1.5)) as here:
            await here.ask("/slower")
            await asyncio.wait_for(here.task, 20)

    asyncio.run(look())


def test_it_stops_when_its_door_is_gone() -> None:
    reading, writing = os.pipe()

    async def look() -> None:
        async with Here(Terms(), reading) as here:
            await here.ask()
            os.close(writing)
            await asyncio.wait_for(here.task, 20)

    asyncio.run(look())
    os.close(reading)


def test_who_is_being_answered_gets_the_answer_and_is_told_to_connect_anew() -> None:
    async def look() -> tuple[dict[str, Any], str]:
        async with Here(Terms()) as here:
            answer = asyncio.create_task(here.ask("/slow"))
            await asyncio.sleep(0.1)
            here.server.should_exit = True
            return await answer

    answer, head = asyncio.run(look())
    assert answer["client"] == "127.0.0.1"
    assert "connection: close" in head
