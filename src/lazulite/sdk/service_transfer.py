"""Many files through a service: several at a time, each whole or not at all, every failure by name.

The same promises as `storage.transfer`, which copies between folders of one machine. A connection that breaks costs the
file that was under way: it is tried again, and an upload whose answer was lost is found to be done.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import Conflict, ServiceUnavailable
from lazulite.sdk.transfer_work import again, result, run, work_on
from lazulite.storage import files, transfer
from lazulite.storage.copying import TransferResult
from lazulite.storage.meter import TransferProgress
from lazulite.storage.paths import relative

if TYPE_CHECKING:
    from lazulite.sdk.service_files import ServiceFiles

_CHUNK = 1 << 20
#: Of so few files each is asked for whether it exists; of more the names are listed.
_FEW = 16


class _Watched(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, tick: Callable[[int], None]) -> None:
        super().__init__(path)
        self._tick = tick

    def read(self, size: int | None = -1) -> Any:
        data = super().read(-1 if size is None else size)
        self._tick(len(data))
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        before = self.tell()
        self._tick(super().seek(offset, whence) - before)  # back, as a rule: it is sent again
        return self.tell()


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
    work = work_on(((status.st_size) for _, status in wanted.values()), len(wanted), progress, failed)

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

    run(work, wanted, send, {path: str(source) for path, (source, _) in wanted.items()})
    return result(work, len(wanted), store.title)


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
    work = work_on((info.size for info in infos.values()), len(infos), progress, {})

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
        again(lambda: _get(store, path, place, infos[path].mtime_ns, lambda count: work.tick(path, count)))
        work.meter.done(path, 0)

    run(work, infos, fetch, {path: path for path in infos}, target)
    return result(work, len(infos), f"folder {target}")


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
            except ServiceUnavailable:
                tick(-stream.tell())
                raise
        return True

    return again(send)


def _get(store: ServiceFiles, path: str, place: Path, mtime_ns: int, tick: Callable[[int], None]) -> bool:
    got = 0
    try:
        with store.open(path) as stream, files.replacing(str(place)) as descriptor:
            while data := stream.read(_CHUNK):
                files.write_all(descriptor, data)
                tick(len(data))
                got += len(data)
            os.utime(descriptor, ns=(mtime_ns, mtime_ns))
    except ServiceUnavailable:
        tick(-got)
        raise
    return True


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
