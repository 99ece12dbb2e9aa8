"""A snapshot: the files of a source folder at one moment, named by content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from lazulite.model.codec import dumps


@dataclass(frozen=True)
class SnapshotFile:
    """One file: its path with `/` relative to the folder, sha256 of its bytes, size in bytes, executable or not."""

    path: str
    digest: str
    size: int
    executable: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The files of a folder, sorted by path. The id depends on names, contents and the executable bit, not on the
    machine, the folder's own path, or times."""

    files: tuple[SnapshotFile, ...]

    @property
    def id(self) -> str:
        return hashlib.sha256(
            dumps([(f.path, f.digest, f.executable) for f in self.files]).encode()
        ).hexdigest()

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)
