"""Files of a store on another machine to a folder of this one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.errors import Conflict, PathEscapes, StorageError
from lazulite.model.files import FileInfo
from lazulite.storage import failures, files
from lazulite.storage.copying import TransferResult
from lazulite.storage.meter import TransferProgress
from lazulite.storage.paths import relative
from lazulite.storage.remote import pieces
from lazulite.storage.remote.crew import Crew, Item, Skipped, Tick
from lazulite.storage.remote.retrying import Patience, attempt
from lazulite.storage.transfer import make_target

if TYPE_CHECKING:
    from lazulite.storage.remote.base import RemoteStore


#: A file that changes while it is read is begun so many times.
_CHANGES = 3


def download(
    store: RemoteStore,
    prefix: str,
    cut: int,
    target: Path,
    patience: Patience,
    progress: Callable[[TransferProgress], None] | None,
    *,
    overwrite: bool,
) -> TransferResult:
    """Copy the files whose path begins with `prefix` to a folder of this machine; see `storage.transfer.download`.

    Args:
        store: The store.
        prefix: Text that the paths begin with.
        cut: So many characters of each path are left away.
        target: The folder.
        patience: For retrying.
        progress: Told how far it is.
        overwrite: Replace files that are there; without it they are skipped.
    """
    store.require()
    found = store.list_files(prefix)
    make_target(target)
    failed: dict[str, str] = {}
    items = []
    names = {info.path for info in found}
    shadowed = {path for path in names if _folders_of(path) & names}
    for info in found:
        inner = info.path[cut:]
        why = _why_not(inner, info, shadowed)
        if why:
            failed[info.path] = why
        else:
            items.append(
                Item(
                    info.path, info.size, _receive(store, info, target / inner, patience, overwrite=overwrite)
                )
            )
    return Crew(f"folder {target}", target, failed, patience).run(items, progress)


def fetch(store: RemoteStore, info: FileInfo, target: Path, patience: Patience, tick: Tick | None) -> None:
    """Write the bytes of one version of a file to `target`: under a temporary name, renamed when complete.

    Raises:
        Conflict: the file is another one now; nothing was written.
        StorageFull: the disk is full.
        StorageError: it cannot be written.
    """
    try:
        _fetch(store, info, target, patience, tick)
    except OSError as error:
        raise failures.unwritable(
            target.parent, f"{info.path!r} was not copied from {store.title}", error
        ) from error


def _receive(
    store: RemoteStore, info: FileInfo, target: Path, patience: Patience, *, overwrite: bool
) -> Callable[[Tick], None]:
    def work(tick: Tick) -> None:
        if os.path.lexists(target):
            if target.is_dir():
                raise StorageError(f"a folder is at {target}")
            if not overwrite:
                raise Skipped
        target.parent.mkdir(parents=True, exist_ok=True)
        wanted = info
        for _ in range(_CHANGES):
            try:
                _fetch(store, wanted, target, patience, tick)
            except Conflict:  # it was written to meanwhile: from the start, with what is there now
                wanted = attempt(lambda: store.find(info.path), patience)
            else:
                return
        raise StorageError("it is being written to all the time; try again later")

    return work


def _fetch(store: RemoteStore, info: FileInfo, target: Path, patience: Patience, tick: Tick | None) -> None:
    with files.replacing(str(target)) as descriptor:

        def piece(part: tuple[int, int]) -> None:
            start, stop = part
            data = memoryview(attempt(lambda: store.request_range(info, start, stop), patience))
            if len(data) != stop - start:
                raise StorageError(
                    f"{info.path!r} on {store.title} gave {len(data)} of {stop - start} bytes."
                )
            while data:
                count = os.pwrite(descriptor, data, start)
                start, data = start + count, data[count:]
            if tick is not None:
                tick(stop - part[0])

        if info.size <= pieces.SMALL:
            if info.size:
                piece((0, info.size))
        else:
            pieces.in_threads(pieces.ranges(info.size), piece, pieces.PIECES_AT_ONCE, patience)
        os.utime(descriptor, ns=(info.mtime_ns, info.mtime_ns))


def _folders_of(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}


def _why_not(inner: str, info: FileInfo, shadowed: set[str]) -> str:
    """Why a name of the store cannot be one on this machine's disk; "" if it can."""
    if info.path in shadowed:
        return "its folder's name is that of a file, too; on a disk only one of them can be. Rename one"
    try:
        plain = relative(inner)
    except PathEscapes as error:
        return error.message
    if plain != inner:
        return f"its name {info.path!r} is none that a disk can keep"
    return ""
