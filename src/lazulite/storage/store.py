"""What a datastore's files can be asked for, wherever they are: the one interface of storage.

Paths use `/` and are relative to the root; "", ".", "./" and "/" are the root itself; none leads out (`PathEscapes`).
`FolderStore` is a folder of this machine, where jobs use files in place; of every other store `root` is None, and jobs
work on copies.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.files import FileInfo, FolderEntry

if TYPE_CHECKING:
    from lazulite.storage.copying import TransferResult
    from lazulite.storage.meter import TransferProgress
    from lazulite.storage.versions import Version


class Store(ABC):
    """The files of one datastore.

    Args:
        name: The datastore's name, for messages.
    """

    #: The folder of this machine that holds the files; None where they are somewhere else.
    root: Path | None

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"datastore '{self.name}'"

    @abstractmethod
    def require(self) -> None:
        """See to it that the root can be reached.

        Raises:
            StorageError: it cannot; the message says why (gone, wrong key, expired) and what to do.
        """

    @abstractmethod
    def uri(self, path: str) -> str:
        """The address by which other systems know the place: file://, wasbs://, abfss://, s3://, dbfs:/ …"""

    # --- looking ---

    @abstractmethod
    def look_at(self, path: str) -> FolderEntry | None:
        """What is at `path`: a file, a folder (in an object store: a prefix of names), or None for nothing."""

    @abstractmethod
    def list_files(self, prefix: str = "", limit: int | None = None, after: str = "") -> tuple[FileInfo, ...]:
        """The files whose path begins with the text `prefix` and comes after `after`, sorted by path, at most `limit`."""

    @abstractmethod
    def list_folder(
        self, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        """What stands in one folder, sorted by name; `NotFound` if nothing is there, `InvalidRequest` for a file."""

    @abstractmethod
    def version(self, path: str, cache: Path | None = None) -> Version:
        """The version of what is at `path`; nothing there is a version like any other.

        Args:
            path: A file or folder.
            cache: A folder of this machine in which digests are remembered.
        """

    @abstractmethod
    def stat_version(self, path: str) -> str:
        """`Version.stat` of what is at `path`, without reading a file."""

    @abstractmethod
    def watched(self, path: str, *, recursive: bool) -> dict[str, str] | None:
        """The version of each file at or in `path`, by its path; None for nothing (see `storage.watched`)."""

    # --- reading and writing ---

    @abstractmethod
    def open_file(self, path: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        """Open a file for reading, from `offset` on and at most `length` bytes; `NotFound`, `InvalidRequest`."""

    @abstractmethod
    def fetch_file(self, path: str, target: Path, etag: str = "") -> FileInfo:
        """Copy one file to `target` on this machine, whole or not at all; its folder must exist.

        Args:
            path: A file.
            target: The final path; a file there is replaced.
            etag: The version that is wanted, as a listing gave it; "" for whatever is there.

        Raises:
            NotFound: nothing is there.
            Conflict: it is another version now.
            StorageFull: the disk of `target` is full.
        """

    @abstractmethod
    def put(
        self, path: str, source: Path | BinaryIO, overwrite: bool = False, mtime_ns: int | None = None
    ) -> FileInfo:
        """Write one file, whole or not at all; `Conflict` if it is there and not `overwrite`.

        `mtime_ns` is given to it where the store can keep one.
        """

    @abstractmethod
    def remove(self, path: str) -> None:
        """Delete a file, or a folder with everything in it; `NotFound` if nothing is there, never the root."""

    @abstractmethod
    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        """Copy files of this machine to the paths given with them, in parallel; see `storage.transfer.upload`."""

    @abstractmethod
    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        """Copy files to a folder of this machine, in parallel; see `storage.transfer.download`."""
