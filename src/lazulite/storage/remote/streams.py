"""Reading a file of another machine as a stream: memory stays small, and a lost connection is taken up again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lazulite.model.files import FileInfo
from lazulite.storage.remote.failures import Unreachable
from lazulite.storage.remote.retrying import Patience, attempt

if TYPE_CHECKING:
    from lazulite.storage.remote.base import RemoteStore


class Reader(io.RawIOBase):
    """The bytes of one version of a file from `start` to `stop`."""

    def __init__(self, store: RemoteStore, info: FileInfo, start: int, stop: int, patience: Patience) -> None:
        self._store = store
        self._info = info
        self._at = start
        self._stop = stop
        self._patience = patience
        self._parts: Iterator[bytes | memoryview] | None = None
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives
        if not self._rest and self._at < self._stop:
            self._rest = memoryview(attempt(self._next, self._patience))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        self._at += count
        return count

    def _next(self) -> bytes | memoryview:
        """The next bytes; opened again where it stopped if the connection was lost."""
        try:
            if self._parts is None:
                self._parts = self._store.request_stream(self._info, self._at, self._stop)
            return next(self._parts)
        except StopIteration:
            self._parts = None
            raise Unreachable(f"{self._info.path!r} on {self._store.title} ended too early.") from None
        except Unreachable:
            self._parts = None
            raise

    def close(self) -> None:
        self._parts = None
        super().close()
