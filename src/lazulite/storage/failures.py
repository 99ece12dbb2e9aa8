"""What the operating system says when bytes cannot be moved, in words that tell the user what to do."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lazulite.model.errors import StorageError, StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_WORDS = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "a folder of that name is in the way",
    errno.ENOTEMPTY: "a folder of that name is in the way",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.EEXIST: "a file stands where a folder is needed",
    errno.ELOOP: "its symbolic links lead in a circle",
    errno.ENAMETOOLONG: "the name is too long for this file system",
    errno.EIO: "the disk reports an input/output error",
}


def is_full(error: OSError) -> bool:
    """Whether the error says that a disk, or the user's share of it, is full."""
    return error.errno in _FULL


def reason(error: OSError) -> str:
    """Return why the operation failed, with the path where the operating system named one."""
    words = _WORDS.get(error.errno or 0)
    if error.errno in _FORBIDDEN:
        place = f" {os.fsdecode(error.filename)}" if error.filename else ""
        words = f"no permission ({error.strerror}){place}"
    return words or error.strerror or type(error).__name__


def full(folder: Path, what: str) -> StorageFull:
    """Return the error for a full disk under `folder`, with the bytes that are left."""
    free = _free_bytes(folder)
    left = "" if free is None else f" {free:,} bytes are free there."
    return StorageFull(
        f"The disk under {folder} is full: {what}.{left} Delete files there, or use a folder on another disk.",
        folder=str(folder),
        free_bytes=free,
    )


def unwritable(folder: Path, what: str, error: OSError) -> StorageError:
    """Return the error for a place that cannot be written: full, forbidden, or not a folder."""
    if is_full(error):
        return full(folder, what)
    return StorageError(f"{what}: {folder} cannot be written, {reason(error)}.", folder=str(folder))


@contextmanager
def reading(place: Path, title: str) -> Iterator[None]:
    """Raise what the operating system says while folders of `title` are read as a `StorageError` that names the place."""
    try:
        yield
    except OSError as error:
        named = os.fsdecode(error.filename or place)
        raise StorageError(f"{named} on {title} cannot be read: {reason(error)}.") from error


def _free_bytes(folder: Path) -> int | None:
    place = next((place for place in (folder, *folder.parents) if place.exists()), None)
    if place is None:
        return None
    try:
        return shutil.disk_usage(place).free
    except OSError:
        return None
