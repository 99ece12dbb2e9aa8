"""Lines about a transfer that takes long, for the log: how far, how fast, how long yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from lazulite.model.amounts import duration, size

if TYPE_CHECKING:
    from lazulite.storage.meter import TransferProgress

#: Seconds between two lines, and before the first.
_SECONDS = 5.0


class Rates:
    """Says a line every five seconds: `what: 120.0 MB of 1.00 GB, 85.3 MB/s, 10 s left`."""

    def __init__(self, what: str, say: Callable[[str], None]) -> None:
        self._what = what
        self._say = say
        self._began = time.monotonic()
        self._next = self._began + _SECONDS

    def show(self, progress: TransferProgress) -> None:
        """Take how far the transfer is."""
        now = time.monotonic()
        if now < self._next or progress.is_last:
            return
        self._next = now + _SECONDS
        rate = progress.bytes_done / (now - self._began)
        left = duration((progress.bytes_total - progress.bytes_done) / rate) if rate else "?"
        self._say(
            f"{self._what}: {size(progress.bytes_done)} of {size(progress.bytes_total)}, "
            f"{progress.files_done:,} of {progress.files_total:,} files, {size(int(rate))}/s, {left} left."
        )
