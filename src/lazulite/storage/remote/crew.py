"""The work of a transfer with another machine: many files by many threads, every failure kept by name.

Small files first, each in one request, as many at a time as helps against waiting; then large ones, few at a time and
each in pieces, so that memory stays bounded whatever their sizes are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lazulite.model.errors import Conflict, LazuliteError, StorageFull, TransferFailed
from lazulite.storage import failures
from lazulite.storage.copying import TransferResult
from lazulite.storage.meter import Meter, TransferProgress
from lazulite.storage.remote import pieces
from lazulite.storage.remote.failures import StoreUnusable
from lazulite.storage.remote.retrying import Patience

#: So many small files travel at once.
SMALL_AT_ONCE = 12

Tick = Callable[[int], None]


@dataclass(frozen=True)
class Item:
    """One file to transfer: how messages call it, its bytes, and the work, which is told how to report pieces."""

    name: str
    size: int
    work: Callable[[Tick], None]


@dataclass
class Crew:
    """Works off the items of one transfer.

    Args:
        title: What is written to, for messages.
        folder: The folder of this machine that is written to, if it is one: its disk may fill.
        failed: Files that cannot be transferred, known before; more are added.
        patience: Its `stop` ends the work.
    """

    title: str
    folder: Path | None
    failed: dict[str, str]
    patience: Patience
    skipped: list[str] = field(default_factory=list)

    def run(
        self, items: Sequence[Item], progress: Callable[[TransferProgress], None] | None, total: int = 0
    ) -> TransferResult:
        """Work off all items, and only then raise what went wrong with some.

        Raises:
            StoreUnusable, StorageFull: as soon as it is known; every other file would fail, too.
            TransferFailed: there are failed files.
        """
        meter = Meter(len(items), total or sum(item.size for item in items), progress)
        small = [item for item in items if item.size <= pieces.SMALL]
        large = [item for item in items if item.size > pieces.SMALL]
        work = self._worker(meter)
        for part, threads in ((small, SMALL_AT_ONCE), (large, 1)):
            # A thread even for one: the caller's then only waits, and Ctrl-C ends that at once.
            pieces.in_threads(part, work, min(threads, len(part)), self.patience)
        meter.finish()
        if self.failed:
            known = {item.name for item in items}
            count = len(items) + len(self.failed.keys() - known)
            raise TransferFailed(
                f"{len(self.failed)} of {count} files were not copied to {self.title}:", self.failed
            )
        skipped = tuple(sorted(self.skipped))
        return TransferResult(meter.files - len(skipped), len(skipped), meter.bytes, skipped)

    def _worker(self, meter: Meter) -> Callable[[Item], None]:
        def work(item: Item) -> None:
            counted = 0

            def tick(count: int) -> None:
                nonlocal counted
                counted += count
                self.patience.check()
                meter.piece(item.name, count)

            try:
                item.work(tick)
                meter.done(item.name, item.size - counted)
            except Skipped:
                self.skipped.append(item.name)
                meter.done(item.name, item.size - counted, copied=False)
            except (StoreUnusable, StorageFull):
                raise
            except LazuliteError as error:
                self.failed[item.name] = error.message
            except OSError as error:
                if self.folder is not None and failures.is_full(error):
                    raise failures.full(self.folder, f"{item.name} could not be copied to it") from error
                self.failed[item.name] = failures.reason(error)

        return work


class Skipped(Exception):
    """A file was there already, and is not to be replaced."""


def skip_existing(work: Callable[[Tick], None]) -> Callable[[Tick], None]:
    """Return the work that raises `Skipped` where it meets a file that is there."""

    def skipping(tick: Tick) -> None:
        try:
            work(tick)
        except Conflict as error:
            raise Skipped from error

    return skipping
