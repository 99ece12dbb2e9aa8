"""How far a transfer is, as lines in the run's log: one every few seconds, so that a long one fills no disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lazulite.model.amounts import size
from lazulite.storage.meter import TransferProgress
from lazulite.worker.tasks.transfer.rows import Row, Rows

Say = Callable[[str], None]
_SECONDS_BETWEEN = 5.0
#: Rows between two looks at the clock.
_ROWS_BETWEEN = 1000


def say(text: str) -> None:
    """Write a line into the log."""
    print(text, flush=True)


class Pace:
    """Lets a line through every few seconds, and knows how long the whole thing takes."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self._next = self.began + _SECONDS_BETWEEN

    @property
    def seconds(self) -> float:
        """Since the beginning; never 0, because people divide by it."""
        return max(time.monotonic() - self.began, 1e-6)

    def is_due(self) -> bool:
        """Whether it is time for a line."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + _SECONDS_BETWEEN
        return True

    def files(self, progress: TransferProgress) -> None:
        """Tell how many files and bytes are there."""
        if progress.is_last or not self.is_due():
            return
        rate = progress.bytes_done / self.seconds
        left = (progress.bytes_total - progress.bytes_done) / rate if rate else 0.0
        say(
            f"{progress.files_done} of {progress.files_total} files, {size(progress.bytes_done)} of "
            f"{size(progress.bytes_total)}, {size(int(rate))}/s, about {left:.0f} s left."
        )

    def rows(self, count: int) -> None:
        """Tell how many rows went by."""
        if self.is_due():
            say(f"{count} rows, {count / self.seconds:.0f} rows/s.")


@dataclass
class Counting:
    """Rows that are counted as they go by."""

    rows: Rows
    count: int = 0


def counting(rows: Rows, pace: Pace) -> Counting:
    """Return rows that count themselves, and tell it now and then."""
    found = Counting(rows)

    def passing() -> Iterator[Row]:
        for row in rows.values:
            found.count += 1
            if found.count % _ROWS_BETWEEN == 0:
                pace.rows(found.count)
            yield row

    found.rows = replace(rows, values=passing())
    return found
