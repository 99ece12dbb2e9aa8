"""Looking into a datastore page by page, and reading parts of its files: what browsers and clients far away ask for.

A page costs what it shows. Of a tree only the folders on the way to the page are walked; of a folder of 100,000 files
the names are read, and only the files of the page are looked at.
"""

from __future__ import annotations

import heapq
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from lazulite.model.errors import InvalidRequest, NotFound, StorageError
from lazulite.model.files import FileInfo, FolderEntry
from lazulite.storage import failures, files
from lazulite.storage.folders import FolderStore, checked_limit, prefix_text
from lazulite.storage.paths import inside, relative
from lazulite.storage.store import Store


@dataclass(frozen=True)
class _Found:
    """One entry of a folder that may be shown: where it really is, and its path in the datastore."""

    path: str
    real: str
    is_directory: bool

    @property
    def key(self) -> str:
        """What it is sorted by: of a folder, what the paths of all its files begin with."""
        return self.path + "/" if self.is_directory else self.path


def list_files(
    store: FolderStore, prefix: str = "", limit: int | None = None, after: str = ""
) -> tuple[FileInfo, ...]:
    """Return the files whose path begins with `prefix` and comes after `after`, sorted by path, at most `limit`.

    Raises:
        PathEscapes: `prefix` would leave the datastore.
        InvalidRequest: `limit` is negative.
        StorageError: the root is gone, or a folder cannot be read.
    """
    store.require()
    start = prefix_text(prefix)
    folder, _, _ = start.rpartition("/")
    place = store.resolve(folder)
    if not place.is_dir():
        return ()
    real = os.path.realpath(place)
    with failures.reading(place, store.title):
        walk = _files(store, real, folder + "/" if folder else "", frozenset({real}), (start, after))
        return tuple(islice(walk, checked_limit(limit)))


def list_folder(
    store: FolderStore, path: str = "", limit: int | None = None, after: str = ""
) -> tuple[FolderEntry, ...]:
    """Return what stands in one folder, sorted by name, at most `limit` entries whose name comes after `after`.

    Raises:
        PathEscapes: `path` would leave the datastore.
        NotFound: nothing is there.
        InvalidRequest: a file is there; or `limit` is negative.
        StorageError: the root is gone, or the folder cannot be read.
    """
    store.require()
    place = store.resolve(path)
    if not place.is_dir():
        if place.exists():
            raise InvalidRequest(f"{path!r} on {store.title} is a file. Expected a folder.", path=path)
        raise NotFound(f"There is no folder {path!r} on {store.title}.", path=path)
    with failures.reading(place, store.title):
        found = (one for one in _entries(store, os.path.realpath(place), "") if one.path > after)
        most = checked_limit(limit)
        page = (
            sorted(found, key=lambda one: one.path)
            if most is None
            else heapq.nsmallest(most, found, key=lambda one: one.path)
        )
        return tuple(entry for one in page if (entry := _entry(one)) is not None)


def look_at(store: FolderStore, path: str) -> FolderEntry | None:
    """Return what is at `path`: a file, a folder, or None for nothing.

    Raises:
        PathEscapes: `path` would leave the datastore.
        StorageError: the root is gone.
    """
    store.require()
    return _entry(_Found(relative(path).rpartition("/")[2], str(store.resolve(path)), is_directory=False))


def open_file(store: FolderStore, path: str, offset: int = 0, length: int | None = None) -> BinaryIO:
    """Open a file for reading, from `offset` on and at most `length` bytes.

    Raises:
        PathEscapes: `path` would leave the datastore.
        NotFound: nothing is there.
        InvalidRequest: a folder is there or something that is no regular file; or a number is negative.
        StorageError: the root is gone, or the file cannot be read.
    """
    if offset < 0 or (length is not None and length < 0):
        raise InvalidRequest(f"offset {offset} and length {length} name no part of a file.")
    store.require()
    place = store.resolve(path)
    try:
        # A pipe would keep its opener waiting; a plain file does not know the flag.
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"There is no file {path!r} on {store.title}.", path=path) from error
    except OSError as error:
        raise StorageError(f"{path!r} on {store.title} cannot be read: {failures.reason(error)}.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InvalidRequest(f"{path!r} on {store.title} is a folder or no regular file.", path=path)
    stream = os.fdopen(descriptor, "rb")
    stream.seek(offset)
    return stream if length is None else cast("BinaryIO", io.BufferedReader(_Part(stream, length)))


def copy(source: Store, path: str, target: Store, to_path: str, overwrite: bool = False) -> int:
    """Copy a file, or a folder with everything in it, and return the number of files.

    Raises:
        PathEscapes: a path would leave its datastore.
        NotFound: nothing is at `path`.
        Conflict: a file is where one would be copied to, and not `overwrite`; those before it in order are copied.
        StorageError: a root is gone, or something cannot be read or written.
    """
    entry = source.look_at(path)
    if entry is None:
        raise NotFound(f"There is no file or folder {path!r} on {source.title}.", path=path)
    start, to_start = relative(path), relative(to_path)
    if not entry.is_directory:
        _copy_file(source, start, target, to_start, overwrite, entry.mtime_ns)
        return 1
    infos = source.list_files(start + "/" if start else "")
    for info in infos:
        inner = info.path[len(start) :].lstrip("/")
        place = f"{to_start}/{inner}" if to_start else inner
        _copy_file(source, info.path, target, place, overwrite, info.mtime_ns)
    return len(infos)


def _copy_file(source: Store, path: str, target: Store, to_path: str, overwrite: bool, mtime_ns: int) -> None:
    if isinstance(source, FolderStore):
        target.put(to_path, source.resolve(path), overwrite, mtime_ns=mtime_ns)
        return
    with source.open_file(path) as stream:
        target.put(to_path, stream, overwrite, mtime_ns=mtime_ns)


class _Part(io.RawIOBase):
    """The next `length` bytes of a stream, as a stream."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _files(
    store: FolderStore, real: str, base: str, above: frozenset[str], window: tuple[str, str]
) -> Iterator[FileInfo]:
    """The files below the folder `real` in order; folders that end before the page are not entered."""
    start, after = window
    wanted = [
        one
        for one in _entries(store, real, base)
        if (one.path.startswith(start) or start.startswith(one.path + "/"))
        and (one.key > after or (one.is_directory and after.startswith(one.key)))
        and one.real not in above
    ]
    for one in sorted(wanted, key=lambda one: one.key):
        if one.is_directory:
            yield from _files(store, one.real, one.key, above | {one.real}, window)
        elif one.path.startswith(start) and (entry := _entry(one)) is not None:
            yield FileInfo(one.path, entry.size, entry.mtime_ns)


def _entries(store: FolderStore, real: str, base: str) -> Iterator[_Found]:
    """What stands in the folder `real`, without files being written and links that lead outside or nowhere."""
    with os.scandir(real) as entries:
        for entry in entries:
            if files.is_temporary(entry.name):
                continue
            below = entry.path
            if entry.is_symlink():
                below = os.path.realpath(below)
                if not os.path.exists(below) or not inside(store.root, Path(below)):  # noqa: PTH110
                    continue
            yield _Found(base + entry.name, below, entry.is_dir())


def _entry(found: _Found) -> FolderEntry | None:
    """The facts of a file or folder; None if it is gone meanwhile, or is something else."""
    try:
        status = os.stat(found.real)  # noqa: PTH116 - one per file, counts
    except (FileNotFoundError, NotADirectoryError):
        return None
    name = found.path.rpartition("/")[2]
    if stat.S_ISDIR(status.st_mode):
        return FolderEntry(name, is_directory=True, mtime_ns=status.st_mtime_ns)
    if stat.S_ISREG(status.st_mode):
        return FolderEntry(name, is_directory=False, size=status.st_size, mtime_ns=status.st_mtime_ns)
    return None
