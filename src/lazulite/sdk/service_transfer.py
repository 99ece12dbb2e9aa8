"""Many files through a service: several at a time, each whole or not at all, every failure by name.

The same promises as `storage.transfer`, which copies between folders of one machine. A connection that breaks costs the
file that was under way: it is tried again, and an upload whose answer was lost is found to be done.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import Conflict, LazuliteError, ServiceUnavailable, StorageFull, TransferFailed
from lazulite.storage import failures, files, transfer
from lazulite.storage.copying import TransferResult
from lazulite.storage.meter import Meter, TransferProgress
from lazulite.storage.paths import relative

if TYPE_CHECKING:
    from lazulite.sdk.service_files import ServiceFiles

_THREADS = 8
_CHUNK = 1 << 20
#: Of so few files each is asked for whether it exists; of more the names are listed.
_FEW = 16
#: Seconds before a file is tried again after its connection broke.
_PAUSES = (0.2, 1.0, 3.0)


class _Stopped(Exception):
    """Another file met what every file would meet."""


@dataclass
class _Work:
    """What the threads of one transfer share."""

    meter: Meter
    failed: dict[str, str]
    skipped: list[str] = field(default_factory=list)
    fatal: list[BaseException] = field(default_factory=list)

    def tick(self, name: str, count: int) -> None:
        if self.fatal:
            raise _Stopped
        self.meter.piece(name, count)


class _Watched(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, tick: Callable[[int], None]) -> None:
        super().__init__(path)
        self._tick = tick

    def read(self, size: int | None = -1) -> Any:
        data = super().read(-1 if size is None else size)
        self._tick(len(data))
        return data


def upload(
    store: ServiceFiles,
    pairs: Sequence[tuple[Path, str]],
    overwrite: bool = False,
    progress: Callable[[TransferProgress], None] | None = None,
) -> TransferResult:
    """As `storage.transfer.upload`."""
    failed: dict[str, str] = {}
    wanted = {
        path: (source, status)
        for path, source in transfer.distinct(pairs).items()
        if (status := transfer.regular(source, str(source), failed))
    }
    present = frozenset() if overwrite else _present(store, wanted)
    work = _work(((status.st_size) for _, status in wanted.values()), len(wanted), progress, failed)

    def send(path: str) -> None:
        source, status = wanted[path]
        if path in present:
            work.skipped.append(str(source))
            work.meter.done(str(source), status.st_size, copied=False)
            return
        sent = _put(store, path, source, status, overwrite, lambda count: work.tick(str(source), count))
        if not sent:
            work.skipped.append(str(source))
        work.meter.done(str(source), 0)

    _run(work, wanted, send, {path: str(source) for path, (source, _) in wanted.items()})
    return _result(work, len(wanted), store.title)


def download(
    store: ServiceFiles,
    prefix: str | None,
    target: Path,
    overwrite: bool = False,
    strip_prefix: bool = False,
    progress: Callable[[TransferProgress], None] | None = None,
) -> TransferResult:
    """As `storage.transfer.download`."""
    start, cut = _selection(store, prefix or "", strip_prefix)
    infos = {info.path: info for info in store.list(start)}
    transfer.make_target(target)
    work = _work((info.size for info in infos.values()), len(infos), progress, {})

    def fetch(path: str) -> None:
        place = target / path[cut:]
        if os.path.lexists(place):
            if place.is_dir():
                work.failed[path] = f"a folder is at {place}"
                return
            if not overwrite:
                work.skipped.append(path)
                work.meter.done(path, infos[path].size, copied=False)
                return
        place.parent.mkdir(parents=True, exist_ok=True)
        _again(lambda: _get(store, path, place, infos[path].mtime_ns, lambda count: work.tick(path, count)))
        work.meter.done(path, 0)

    _run(work, infos, fetch, {path: path for path in infos}, target)
    return _result(work, len(infos), f"folder {target}")


def _put(
    store: ServiceFiles,
    path: str,
    source: Path,
    status: os.stat_result,
    overwrite: bool,
    tick: Callable[[int], None],
) -> bool:
    """Send one file; False if another one is there."""

    def send() -> bool:
        with _Watched(source, tick) as stream:
            try:
                store.service.put_file(
                    store.workspace, store.name, path, stream, overwrite, status.st_mtime_ns
                )
            except Conflict:
                # Of an earlier try whose answer was lost the file has these times; somebody else's has not.
                there = store.look_at(path)
                return there is not None and (there.size, there.mtime_ns) == (
                    status.st_size,
                    status.st_mtime_ns,
                )
        return True

    return _again(send)


def _get(store: ServiceFiles, path: str, place: Path, mtime_ns: int, tick: Callable[[int], None]) -> bool:
    with store.open(path) as stream, files.replacing(str(place)) as descriptor:
        while data := stream.read(_CHUNK):
            files.write_all(descriptor, data)
            tick(len(data))
        os.utime(descriptor, ns=(mtime_ns, mtime_ns))
    return True


def _again(attempt: Callable[[], bool]) -> bool:
    """Do something, and again if the connection broke."""
    for pause in _PAUSES:
        try:
            return attempt()
        except ServiceUnavailable:
            time.sleep(pause)
    return attempt()


def _present(store: ServiceFiles, wanted: Mapping[str, Any]) -> frozenset[str]:
    """Which of these paths are files, or folders, already."""
    if len(wanted) <= _FEW:
        return frozenset(path for path in wanted if store.look_at(path) is not None)
    first, last = min(wanted), max(wanted)
    alike = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return frozenset(info.path for info in store.list(first[:alike]))


def _selection(store: ServiceFiles, prefix: str, strip: bool) -> tuple[str, int]:
    """The prefix to list, and how many characters of each path are left away."""
    if not strip:
        return prefix, 0
    inner = relative(prefix.lstrip("/\\"), what="prefix")
    entry = store.look_at(inner) if inner else None
    if entry is not None and entry.is_directory:
        return inner + "/", len(inner) + 1
    return inner, inner.rfind("/") + 1


def _work(
    sizes: Iterable[int],
    count: int,
    progress: Callable[[TransferProgress], None] | None,
    failed: dict[str, str],
) -> _Work:
    return _Work(Meter(count, sum(sizes), progress), failed)


def _run(
    work: _Work,
    paths: Iterable[str],
    move: Callable[[str], None],
    names: Mapping[str, str],
    folder: Path | None = None,
) -> None:
    """Move every file, several at a time; what all would meet ends it."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="lazulite-transfer") as pool:
        moving = [pool.submit(_attempt, work, move, path, names[path], folder) for path in paths]
        try:
            for one in moving:
                one.result()
        except BaseException as error:
            work.fatal.append(error)
            raise
    work.meter.finish()
    if work.fatal:
        raise work.fatal[0]


def _attempt(work: _Work, move: Callable[[str], None], path: str, name: str, folder: Path | None) -> None:
    if work.fatal:
        return
    try:
        move(path)
    except _Stopped:
        return
    except (StorageFull, ServiceUnavailable) as error:
        work.fatal.append(error)
    except LazuliteError as error:
        work.failed[name] = error.message
    except OSError as error:
        if folder is not None and failures.is_full(error):
            work.fatal.append(failures.full(folder, f"{path} could not be copied to it"))
        else:
            work.failed[name] = failures.reason(error)
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
        work.fatal.append(error)


def _result(work: _Work, count: int, title: str) -> TransferResult:
    if work.failed:
        raise TransferFailed(
            f"{len(work.failed)} of {max(count, len(work.failed))} files were not copied to {title}:",
            work.failed,
        )
    skipped = tuple(sorted(work.skipped))
    return TransferResult(work.meter.files - len(skipped), len(skipped), work.meter.bytes, skipped)
