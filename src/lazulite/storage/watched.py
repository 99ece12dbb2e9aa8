"""The files of a folder that somebody waits for, each with a version that is another one after it was written to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lazulite.model.errors import StorageError
from lazulite.storage import failures, files
from lazulite.storage.folders import FolderStore
from lazulite.storage.paths import inside, relative


def versions(store: FolderStore, path: str, *, recursive: bool) -> dict[str, str] | None:
    """Return the version of each file by its path on the datastore; None if there is nothing at `path`.

    Args:
        store: The datastore's files.
        path: A folder, or a single file.
        recursive: Whether files of sub-folders count too.

    Raises:
        StorageError: the datastore or the folder cannot be read.
    """
    store.require()  # else a disk that is not mounted would look like a folder whose files were removed
    place = store.resolve(path)
    inner = relative(path)
    try:
        status = place.stat()
        if not stat.S_ISDIR(status.st_mode):
            return {inner: _version(status)}
        if recursive:
            prefix = f"{inner}/" if inner else ""
            return {info.path: f"{info.size}:{info.mtime_ns}" for info in store.list(prefix)}
        return _children(store, place, inner)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(f"{place} on {store.title} cannot be read: {failures.reason(error)}.") from error


def _children(store: FolderStore, place: Path, inner: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with os.scandir(place) as entries:
        for entry in entries:
            if files.is_temporary(entry.name) or (
                entry.is_symlink() and not inside(store.root, Path(entry.path))
            ):
                continue
            try:
                status = entry.stat()
            except FileNotFoundError:  # it went while the folder was read, or is a link that leads nowhere
                continue
            if stat.S_ISREG(status.st_mode):
                found[f"{inner}/{entry.name}" if inner else entry.name] = _version(status)
    return found


def _version(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}"
