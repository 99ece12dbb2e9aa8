"""What a store on another machine is asked, request by request: all that one kind of store does in its own way."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lazulite.model.files import FileInfo
from lazulite.storage.remote import pieces
from lazulite.storage.remote.retrying import Patience
from lazulite.storage.store import Store


@dataclass(frozen=True)
class Children:
    """What stands in one folder: names of folders, and files."""

    folders: tuple[str, ...]
    files: tuple[FileInfo, ...]


class Requests(Store):
    """The requests of a store. Paths are plain.

    Each may raise `Unreachable` (worth another try), another `StoreUnusable` (whole store), `NotFound`, `Conflict` or
    another `StorageError` (this file).
    """

    root = None
    #: Whether listings come sorted by path. Servers that keep folders sort by these.
    ordered = False
    #: Whether the server can begin a listing after a path, and so sorts by paths for certain.
    begins_anywhere = False

    @abstractmethod
    def request_check(self) -> None:
        """Make the cheapest request that shows whether the store can be used."""

    @abstractmethod
    def request_file(self, path: str) -> FileInfo | None:
        """Return the facts of one file; None if there is none (a folder is none)."""

    @abstractmethod
    def request_files(self, folder: str, after: str) -> Iterator[FileInfo]:
        """Return the files below a folder, a few at a time; of an ordered store those after `after`, sorted by path."""

    @abstractmethod
    def request_children(self, folder: str) -> Children | None:
        """Return what stands in a folder; None if there is no such folder. The root is always there."""

    @abstractmethod
    def request_range(self, info: FileInfo, start: int, stop: int) -> bytes | memoryview:
        """Read a part of a file, of exactly this version.

        Raises:
            Conflict: the file is another one now.
        """

    @abstractmethod
    def request_stream(self, info: FileInfo, start: int, stop: int) -> Iterator[bytes | memoryview]:
        """As `request_range`, a little at a time."""

    @abstractmethod
    def put_whole(self, path: str, data: bytes, patience: Patience, *, overwrite: bool) -> FileInfo:
        """Write a small file, whole or not at all; `Conflict` if it is there and not `overwrite`. It retries itself."""

    @abstractmethod
    def put_pieces(
        self, path: str, parts: Iterable[bytes], size: int | None, patience: Patience, *, overwrite: bool
    ) -> FileInfo:
        """Write a large file, whole or not at all; it retries each piece itself.

        Args:
            path: Where.
            parts: Its bytes, each piece of `self.piece_size(size)` but the last.
            size: How many bytes are expected, if known.
            patience: For retrying.
            overwrite: Replace a file that is there; else `Conflict`.
        """

    @abstractmethod
    def request_removal(self, infos: Sequence[FileInfo], folder: str | None) -> None:
        """Delete files, and the folder that they were in. What is gone already is no error."""

    def piece_size(self, size: int | None) -> int:
        """The size of the pieces that `put_pieces` gets."""
        return pieces.PIECE

    def contents(self, infos: Sequence[FileInfo], folder: str) -> Mapping[str, str]:
        """Return for files, all below `folder`, what tells their content: their etag, or a digest that the store keeps."""
        return {info.path: info.etag for info in infos}

    def has_folder(self, folder: str) -> bool:
        """Whether there is a folder."""
        return self.request_children(folder) is not None
