"""Versions of data: what a file or folder holds, as text that is equal exactly when the content is.

Reuse decides on these. `content` is over names and bytes and the same on every machine; `stat` is over names, sizes and
times (that of the last change of any kind included, which no program can set back) and needs no byte read. Empty
folders do not count. A symbolic link inside a folder counts as where it leads; if that is outside of the folder, with
the sizes and times of all that is there, because a script that reads through the link sees it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lazulite.model.errors import StorageError
from lazulite.storage import failures, files
from lazulite.storage.digests import DigestCache

ABSENT = "absent"
#: Of a folder outside that a link leads to, so many entries are looked at. A larger one counts as changed every time.
_ENTRIES_OUTSIDE = 100_000


@dataclass(frozen=True)
class Version:
    """What is at a path: both digests, the number of files and their bytes, folder or file."""

    content: str
    stat: str
    files: int
    bytes: int
    is_directory: bool

    @classmethod
    def absent(cls) -> Version:
        """The version of a path where nothing is: a version like any other."""
        return cls(ABSENT, ABSENT, 0, 0, is_directory=False)


@dataclass(frozen=True)
class _Item:
    name: str  # relative to the root; "" for a root that is a file
    place: str
    status: os.stat_result
    link: str | None = None  # where it leads, of a link


def content_version(path: Path, cache: Path | None = None) -> Version:
    """Return the version of what is at `path`.

    Args:
        path: A file or folder; a missing one has `Version.absent()`.
        cache: A folder in which digests are remembered, so that an unchanged file is not read again.

    Raises:
        StorageError: something there cannot be read; the message names it.
    """
    status = _status(path)
    if status is None:
        return Version.absent()
    items = _items(path, status)
    digests = DigestCache(cache, str(path))
    is_directory = stat.S_ISDIR(status.st_mode)
    content = hashlib.sha256(b"folder" if is_directory else b"file")
    for item in items:
        _add(content, item.name, _content(item, digests))
    digests.save()
    size = sum(item.status.st_size for item in items if item.link is None)
    return Version(content.hexdigest(), _stat_digest(items), len(items), size, is_directory)


def stat_version(path: Path) -> str:
    """Return the `stat` of what is at `path`, without reading a file.

    Raises:
        StorageError: a folder there cannot be read.
    """
    status = _status(path)
    return ABSENT if status is None else _stat_digest(_items(path, status))


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(str(path), error) from error


def _items(path: Path, status: os.stat_result) -> list[_Item]:
    if not stat.S_ISDIR(status.st_mode):
        return [_Item("", str(path), status)]
    try:
        return sorted(_walk(str(path), str(path), ""), key=lambda item: item.name)
    except OSError as error:
        raise _unreadable(os.fsdecode(error.filename or path), error) from error


def _walk(root: str, folder: str, base: str) -> Iterator[_Item]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = base + entry.name
            if entry.is_symlink():
                yield _Item(name, entry.path, entry.stat(follow_symlinks=False), _leads_to(root, entry.path))
            elif entry.is_dir():
                yield from _walk(root, entry.path, name + "/")
            elif not files.is_temporary(entry.name):
                yield _Item(name, entry.path, entry.stat())


def _leads_to(root: str, link: str) -> str:
    real, real_root = os.path.realpath(link), os.path.realpath(root)
    if real == real_root or real.startswith(real_root.rstrip("/") + "/"):
        return "inside:" + os.path.relpath(real, real_root)
    try:
        status = os.stat(real)  # noqa: PTH116
    except OSError:
        return "nowhere:" + os.readlink(link)  # noqa: PTH115
    if not stat.S_ISDIR(status.st_mode):
        return f"outside:{real}:{_times(status)}"
    return f"outside:{real}:{_all_outside(real)}"


def _all_outside(folder: str) -> str:
    digest = hashlib.sha256()
    try:
        for count, (name, status) in enumerate(_outside(folder), start=1):
            if count > _ENTRIES_OUTSIDE:
                return f"not looked through at {time.time_ns()}"
            _add(digest, name, _times(status))
    except OSError as error:
        raise _unreadable(os.fsdecode(error.filename or folder), error) from error
    return digest.hexdigest()


def _outside(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """What is in a folder and below it, links followed, each folder once."""
    waiting, seen = [folder], {folder}
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    status = entry.stat(follow_symlinks=False)  # a link that leads nowhere
                yield entry.path, status
                real = os.path.realpath(entry.path)
                if stat.S_ISDIR(status.st_mode) and real not in seen:
                    seen.add(real)
                    waiting.append(real)


def _times(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _content(item: _Item, digests: DigestCache) -> str:
    if item.link is not None:
        return item.link
    if not stat.S_ISREG(item.status.st_mode):
        return "special"  # reading a pipe would wait for ever
    try:
        return digests.digest(item.name, item.place, item.status)[0]
    except FileNotFoundError:
        return ABSENT  # it went while the folder was read
    except OSError as error:
        raise _unreadable(item.place, error) from error


def _stat_digest(items: list[_Item]) -> str:
    digest = hashlib.sha256()
    for item in items:
        _add(digest, item.name, item.link or _times(item.status))
    return digest.hexdigest()


def _add(digest: hashlib._Hash, name: str, value: str) -> None:
    digest.update(os.fsencode(f"{name}\0{value}\0"))


def _unreadable(place: str, error: OSError) -> StorageError:
    return StorageError(f"{place} cannot be read: {failures.reason(error)}.", path=place)
