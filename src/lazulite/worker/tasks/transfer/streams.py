"""Files streamed out of one datastore into another by several threads, with further tries for what a lost connection
cut short."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from lazulite.model.errors import LazuliteError, StorageError, StorageFull, TransferFailed
from lazulite.model.files import FileInfo
from lazulite.storage import failures
from lazulite.storage.files import Interrupted
from lazulite.storage.meter import Meter, TransferProgress
from lazulite.storage.remote.failures import StoreUnusable
from lazulite.storage.store import Store

_THREADS = 8
#: Of files with more bytes so many are on their way at a time: each is itself sent in several pieces, held in memory.
_LARGE, _LARGE_AT_ONCE = 8 << 20, 2
#: So many further tries a file gets, and how many seconds pass before each.
_PAUSES = (0.5, 2.0, 8.0)


class CutShort(StorageError):
    """A file arrived with another number of bytes than it has."""


def stream_all(
    source: Store,
    destination: Store,
    copies: Sequence[tuple[FileInfo, str]],
    listener: Callable[[TransferProgress], None],
) -> int:
    """Copy every file, and only then raise what went wrong with some; return the number of bytes.

    Args:
        source: The datastore that is read.
        destination: The datastore that is written.
        copies: The files, and the path of each at the destination.
        listener: Told how far it is.

    Raises:
        StorageFull: the destination is full; what is complete stays.
        TransferFailed: files that were not copied, each with its reason.
    """
    work = _Work(source, destination, Meter(len(copies), sum(info.size for info, _ in copies), listener))
    failed: dict[str, str] = {}
    with ThreadPoolExecutor(max(1, min(_THREADS, len(copies)))) as threads:
        begun = {threads.submit(work.copy, info, target): info.path for info, target in copies}
        try:
            for future in as_completed(begun):
                _note(future, begun[future], failed)
        except BaseException:
            work.stop.set()
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    work.meter.finish()
    if failed:
        raise TransferFailed(
            f"{len(failed)} of {len(copies)} files were not copied to {destination.title}:", failed
        )
    return work.meter.bytes


def _note(future: Future[None], name: str, failed: dict[str, str]) -> None:
    error = future.exception()
    if isinstance(error, StorageFull):
        raise error  # every further file would fail too
    if isinstance(error, LazuliteError):
        failed[name] = error.message
    elif isinstance(error, OSError):
        failed[name] = failures.reason(error)
    elif error is not None:
        raise error


@dataclass
class _Work:
    """What the threads share."""

    source: Store
    destination: Store
    meter: Meter
    stop: threading.Event = field(default_factory=threading.Event)
    large: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_LARGE_AT_ONCE))

    def copy(self, info: FileInfo, target: str) -> None:
        """Copy one file, with further tries where another may succeed."""
        with self.large if info.size > _LARGE else nullcontext():
            self._copy_patiently(info, target)

    def _copy_patiently(self, info: FileInfo, target: str) -> None:
        for pause in (*_PAUSES, None):
            counted = _Counted(self, info)
            try:
                self._copy(info, target, counted)
            except (StorageError, OSError) as error:
                self.meter.piece(info.path, -counted.bytes)
                if pause is None or isinstance(error, (StorageFull, StoreUnusable)):
                    raise  # the latter was tried again by the store itself, for minutes
                if self.stop.wait(pause):
                    raise Interrupted from error
            else:
                self.meter.done(info.path, 0)
                return

    def _copy(self, info: FileInfo, target: str, counted: _Counted) -> None:
        with self.source.open_file(info.path) as opened:
            counted.opened = opened
            written = self.destination.put(
                target, cast("BinaryIO", counted), overwrite=True, mtime_ns=info.mtime_ns
            )
        if written.size != info.size:
            raise _cut_short(info, written.size)


def _cut_short(info: FileInfo, arrived: int) -> CutShort:
    return CutShort(
        f"{info.path!r} has {info.size} bytes, and {arrived} arrived: it changed meanwhile, or the connection was lost."
    )


class _Counted(io.RawIOBase):
    """A file being read: counts what goes by, and stops between two pieces when it is asked to.

    An end before the file's own is an error while the writer still waits for more, so that it makes nothing visible.
    """

    def __init__(self, work: _Work, info: FileInfo) -> None:
        self.opened: BinaryIO | None = None
        self.bytes = 0
        self._work = work
        self._info = info

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._work.stop.is_set():
            raise Interrupted
        assert self.opened is not None  # noqa: S101 - set before anyone reads
        data = self.opened.read(size)
        if not data and size and self.bytes < self._info.size:
            raise _cut_short(self._info, self.bytes)
        self.bytes += len(data)
        self._work.meter.piece(self._info.path, len(data))
        return data
