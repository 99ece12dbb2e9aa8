"""A snapshot: the files of a source folder at one moment, named by content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from lazulite.model.codec import dumps, loads


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

    @cached_property
    def manifest(self) -> str:
        """The text whose sha256 is the id. Stored as a blob it makes a snapshot readable from the blobs alone."""
        return dumps([(f.path, f.digest, f.executable) for f in self.files])

    @cached_property
    def id(self) -> str:
        return hashlib.sha256(self.manifest.encode()).hexdigest()

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def from_manifest(manifest: str | bytes, size_of: Callable[[str], int]) -> Snapshot:
    """Return the snapshot with that manifest; `size_of` tells the bytes of a digest.

    Raises:
        Corrupt: the text is not a manifest.
    """
    rows = loads(list[list[str | bool]], manifest)
    return Snapshot(
        tuple(
            SnapshotFile(str(path), str(digest), size_of(str(digest)), bool(run))
            for path, digest, run in rows
        )
    )
