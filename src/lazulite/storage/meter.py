"""How far a transfer is, counted by several threads and told to one listener at a bearable rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_SECONDS_BETWEEN = 0.1


@dataclass(frozen=True)
class TransferProgress:
    """How far a transfer is. Totals are known from the start; `current` is the file worked on last."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    current: str
    is_last: bool = False


class Meter:
    """Counts files and bytes; tells `listener` at most ten times a second, and at the end.

    The listener is never called from two threads at once. What it raises ends the transfer.
    """

    def __init__(
        self, files_total: int, bytes_total: int, listener: Callable[[TransferProgress], None] | None
    ) -> None:
        self.files = 0
        self.bytes = 0
        self._passed = 0  # bytes that need not be copied any more
        self._totals = (files_total, bytes_total)
        self._listener = listener
        self._lock = threading.Lock()
        self._next = time.monotonic() + _SECONDS_BETWEEN
        self._current = ""

    def piece(self, name: str, size: int) -> None:
        """Count bytes of a file that is not complete yet."""
        with self._lock:
            self.bytes += size
            self._tell(name)

    def done(self, name: str, size: int, *, copied: bool = True) -> None:
        """Count a file as done, with the bytes not counted yet; if not `copied`, its bytes as passed over."""
        with self._lock:
            self.files += 1
            if copied:
                self.bytes += size
            else:
                self._passed += size
            self._tell(name)

    def finish(self) -> None:
        """Tell the listener the final numbers."""
        if self._listener:
            self._listener(self._progress(is_last=True))

    def _tell(self, name: str) -> None:
        self._current = name
        if self._listener is None:
            return
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN
            self._listener(self._progress())

    def _progress(self, *, is_last: bool = False) -> TransferProgress:
        files_total, bytes_total = self._totals
        return TransferProgress(
            self.files, files_total, self.bytes + self._passed, bytes_total, self._current, is_last
        )
