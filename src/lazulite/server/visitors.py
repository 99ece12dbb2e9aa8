"""Who is being answered: what a server must know to stop when nobody comes, and to stop without cutting anybody off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLOSE = (b"connection", b"close")
_EVENTS = b"text/event-stream"


class Visitors:
    """Around an application: counts the requests that are being answered, and tells endless ones to end.

    Args:
        app: The application.
        on_leaving: Called when all are seen off; it sends away those who wait for news.
    """

    def __init__(self, app: ASGIApp, on_leaving: Callable[[], None]) -> None:
        self._app = app
        self._on_leaving = on_leaving
        self._present = 0
        self._last = time.monotonic()
        self._leaving = asyncio.Event()

    @property
    def idle_seconds(self) -> float:
        """How long nobody has been here."""
        return 0.0 if self._present else time.monotonic() - self._last

    def see_off(self) -> None:
        """End the event streams, and have every connection closed after its next answer."""
        self._leaving.set()
        self._on_leaving()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(receive, send, self._leaving)
        self._present += 1
        try:
            await self._app(scope, visit.receive, visit.send)
            await visit.end()
        finally:
            self._present -= 1
            self._last = time.monotonic()


class _Visit:
    def __init__(self, receive: Receive, send: Send, leaving: asyncio.Event) -> None:
        self._receive = receive
        self._send = send
        self._leaving = leaving
        self._is_asked = self._is_endless = self._has_ended = False

    async def receive(self) -> Message:
        """As the server's, except that a stream of events hears that its client is gone when we are to leave."""
        if not self._is_asked:
            message = await self._receive()
            self._is_asked = not message.get("more_body", False)
            return message
        # What comes now can only be the client's end.
        coming = asyncio.ensure_future(self._receive())
        leaving = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait((coming, leaving), return_when=asyncio.FIRST_COMPLETED)
            if self._is_endless and not coming.done():
                return {"type": "http.disconnect"}
            return await coming
        finally:
            coming.cancel()
            leaving.cancel()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.setdefault("headers", [])
            self._is_endless = any(
                name.lower() == b"content-type" and value.startswith(_EVENTS) for name, value in headers
            )
            if self._leaving.is_set():
                message["headers"] = [*headers, _CLOSE]
        elif message["type"] == "http.response.body":
            self._has_ended = not message.get("more_body", False)
        await self._send(message)

    async def end(self) -> None:
        """Give a stream that was told to end its proper end, so that its reader knows that nothing broke."""
        if self._is_endless and self._leaving.is_set() and not self._has_ended:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
