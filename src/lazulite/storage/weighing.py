"""How much is at a path, and deleting it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lazulite.model.errors import StorageError
from lazulite.storage import failures
from lazulite.storage.paths import relative
from lazulite.storage.store import Store


@dataclass(frozen=True)
class Weight:
    """So many files with so many bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.files + other.files, self.bytes + other.bytes)


def weight(path: Path | str) -> Weight:
    """Return what is at a path and below it; links count as themselves, and nothing as nothing.

    Raises:
        StorageError: a folder there cannot be read.
    """
    try:
        return _weight(str(path))
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {failures.reason(error)}.") from error


def weight_on(store: Store, path: str) -> Weight:
    """Return what is at a path of a datastore, and below it.

    Raises:
        StorageError: it cannot be read.
    """
    from lazulite.storage.folders import FolderStore

    if isinstance(store, FolderStore):
        return weight(store.resolve(path))
    inner = relative(path)
    infos = [info for info in store.list_files(inner) if not inner or _is_in(info.path, inner)]
    return Weight(len(infos), sum(info.size for info in infos))


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")


def _weight(path: str) -> Weight:
    files = size = 0
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        files += 1
                        size += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
        except NotADirectoryError:  # the path itself is a file
            status = os.lstat(folder)
            files, size = files + 1, size + status.st_size
    return Weight(files, size)
