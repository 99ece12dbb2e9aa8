"""What a request brings: JSON of bounded size and depth, or bytes that are passed on as they come."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import anyio
import anyio.from_thread
from starlette.requests import Request
from starlette.types import Message, Receive

from lazulite.model.errors import InvalidRequest, TooLarge

#: Lists and objects within each other. Everything of ours is flatter by far.
_DEEPEST = 64
#: Escapes that may stand for what no text may hold: NUL, and halves of characters.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\0\ud800-\udfff]")


class Bounded:
    """`receive` of a request whose body may have `limit` bytes, each piece of which has to come within some seconds.

    It bounds what routes of any kind read, chunked bodies included.
    """

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self._seen = 0
        self._is_over = False
        self.limit = limit
        #: Nothing came for too long: the connection is of no use any more.
        self.is_given_up = False

    async def __call__(self) -> Message:
        if self._is_over:  # what comes now is the end of the connection, whenever that is
            return await self._receive()
        try:
            with anyio.fail_after(self._seconds):
                message = await self._receive()
        except TimeoutError as error:
            self.is_given_up = True
            raise InvalidRequest(
                f"Nothing of the body came for {self._seconds:g} s, after {self._seen} bytes."
            ) from error
        self._seen += len(message.get("body", b""))
        self._is_over = not message.get("more_body", False)
        if self._seen > self.limit:
            raise too_large(self.limit)
        return message


def too_large(limit: int) -> TooLarge:
    """The error for a body of more than `limit` bytes."""
    return TooLarge(f"The body is larger than {limit} bytes, the most that is taken here.", limit=limit)


async def read_json(request: Request) -> Any:
    """The JSON of the body.

    Raises:
        InvalidRequest: it is none, is nested too deeply, or holds text that cannot be stored.
        TooLarge: it is longer than allowed.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise InvalidRequest(f"The body is said to be {kind!r}. Expected application/json.")
    pieces = [piece async for piece in request.stream()]
    return parsed(b"".join(pieces))


def parsed(text: bytes) -> Any:
    """The JSON in `text`; raises as `read_json`."""
    if not text:
        raise InvalidRequest("The body is empty. Expected JSON.")
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise InvalidRequest(f"The body is not JSON: {error}.") from error
    if text.count(b"[") + text.count(b"{") > _DEEPEST:
        _check_depth(data)
    if _SUSPECT.search(text):
        _check_text(data)
    return data


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(_DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, (list, dict))
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, (list, dict))
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidRequest:
    return InvalidRequest(f"The body is nested more than {_DEEPEST} levels deep.")


def _check_text(data: Any) -> None:
    if isinstance(data, str):
        if _SURROGATE.search(data):
            raise InvalidRequest("The body holds text with a NUL character or half of a character.")
    elif isinstance(data, dict):
        for key, item in data.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(data, list):
        for item in data:
            _check_text(item)


class BodyFile(io.RawIOBase):
    """The body of a request as an open file, for a worker thread to read while it comes."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._rest = memoryview(b"")
        self._is_over = False

    async def _next(self) -> Message:
        return await self._request.receive()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and not self._is_over:
            message = anyio.from_thread.run(self._next)
            if message["type"] == "http.disconnect":
                raise InvalidRequest("The connection ended before the body did; nothing was stored.")
            self._rest = memoryview(message.get("body", b""))
            self._is_over = not message.get("more_body", False)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
