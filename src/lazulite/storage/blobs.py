"""Bytes named by their sha256: written once, never changed, shared by every snapshot that holds them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lazulite.model.errors import InvalidRequest, NotFound, StorageError
from lazulite.storage import failures, files

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EMPTY = hashlib.sha256().hexdigest()
_CHUNK = 1 << 20


#: So long after it was stored or asked for, a blob is kept whether anything refers to it or not: code is sent first, and
#: the run that needs it recorded afterwards.
FRESH_SECONDS = 3600.0


@dataclass(frozen=True)
class Stored:
    """A blob as it is held. `changed_at`: when it was stored or last asked for, in seconds since 1970."""

    digest: str
    path: str
    size: int
    changed_at: float


class BlobStore:
    """The blobs below `folder`, as `ab/abcdef…`, readable by their owner only.

    Several processes may put the same blob at once: each writes a file of its own and renames it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where the blob is, or would be.

        Raises:
            InvalidRequest: `digest` is not a sha256 in lower-case hex.
        """
        return Path(self._place(digest))

    def missing(self, digests: Iterable[str]) -> frozenset[str]:
        """Return those of the digests that are not held. The others count as fresh again: somebody is about to use
        them."""
        return frozenset(digest for digest in digests if not self._holds(digest, refresh=True))

    def stored(self) -> Iterator[Stored]:
        """Go through all blobs that are held."""
        for folder in _entries(str(self.folder)):
            if folder.is_dir():
                for entry in _entries(folder.path):
                    if _DIGEST.fullmatch(entry.name):
                        with contextlib.suppress(FileNotFoundError):
                            status = entry.stat()
                            yield Stored(entry.name, entry.path, status.st_size, status.st_mtime)

    def put(self, digest: str, source: BinaryIO) -> None:
        """Store what `source` gives, from where it stands to its end. A blob that is held already stays as it is.

        Raises:
            InvalidRequest: the bytes' sha256 is not `digest`; nothing was stored.
            StorageFull: the disk is full.
            StorageError: the folder cannot be written.
        """
        if self._holds(digest):
            return
        self._write(source, digest)

    def add_file(self, path: Path) -> str:
        """Store a file's bytes and return their digest.

        Raises:
            StorageError: the file cannot be read, or the folder not written.
        """
        try:
            source = path.open("rb")
        except OSError as error:
            raise StorageError(f"{path} cannot be read: {failures.reason(error)}.") from error
        with source:
            return self._write(source, None)

    def open(self, digest: str) -> BinaryIO:
        """Open a blob for reading.

        Raises:
            NotFound: it is not held.
        """
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}.", digest=digest) from error

    def discard(self, digest: str) -> None:
        """Forget a blob whose bytes are not what they were, so that it is stored anew when it is given again."""
        with contextlib.suppress(OSError):
            self.path(digest).unlink()

    def _place(self, digest: str) -> str:
        """As `path`, as text: a snapshot may have very many."""
        if not _DIGEST.fullmatch(digest):
            raise InvalidRequest(f"{digest!r} is not a sha256 digest. Expected 64 characters of 0-9 and a-f.")
        return f"{self.folder}/{digest[:2]}/{digest}"

    def _holds(self, digest: str, *, refresh: bool = False) -> bool:
        # An empty file under another digest is what a power cut leaves of a blob that was not on the disk yet.
        place = self._place(digest)
        try:
            status = os.stat(place)  # noqa: PTH116 - one per file, counts
            if refresh and time.time() - status.st_mtime > FRESH_SECONDS / 2:
                with contextlib.suppress(PermissionError):
                    os.utime(place)
        except FileNotFoundError:
            return False
        return status.st_size > 0 or digest == _EMPTY

    def _write(self, source: BinaryIO, expected: str | None) -> str:
        """Write to a temporary name while hashing; only then is the final name known, or confirmed."""
        temporary = f"{self.folder}/{files.temporary_name()}"
        try:
            _make(str(self.folder))
            try:
                digest = _written(temporary, source)
                _confirm(digest, expected)
                final = self._place(digest)
                _make(os.path.dirname(final))  # noqa: PTH120 - one per file, counts
                os.replace(temporary, final)  # noqa: PTH105
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary)  # noqa: PTH108
                raise
        except OSError as error:
            raise failures.unwritable(self.folder, "Code could not be stored", error) from error
        return digest


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """What is in a folder; nothing if it is not there."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        yield from entries


def _make(folder: str) -> None:
    if not os.path.isdir(folder):  # noqa: PTH112 - one per file, counts
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)


def _confirm(digest: str, expected: str | None) -> None:
    if expected not in (None, digest):
        raise InvalidRequest(
            f"The bytes given for blob {expected} have the sha256 {digest}: they were changed while they were sent. "
            "Try again when nothing writes to the file.",
            digest=expected,
        )


def _written(temporary: str, source: BinaryIO) -> str:
    digest = hashlib.sha256()
    with files.created(temporary, 0o600) as descriptor:
        while data := source.read(_CHUNK):
            digest.update(data)
            files.write_all(descriptor, data)
    return digest.hexdigest()
