"""Files on a datastore, as they are listed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileInfo:
    """One file of a datastore: its path with `/` relative to the root, size in bytes, modification time.

    `etag` is the version that an object store gives its content; a folder has none.
    """

    path: str
    size: int
    mtime_ns: int
    etag: str = ""


@dataclass(frozen=True)
class FileCopy:
    """What is copied, a file or a folder, and where to: a datastore of the same workspace and a path on it."""

    path: str
    to_datastore: str
    to_path: str
    overwrite: bool = False


@dataclass(frozen=True)
class FolderEntry:
    """One line of a folder's listing: a file, or a folder (whose `size` and `mtime_ns` say nothing of what is in it)."""

    name: str
    is_directory: bool
    size: int = 0
    mtime_ns: int = 0
