"""A folder that holds a datastore's files; nothing that is asked of it reaches outside of it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.errors import Conflict, InvalidRequest, NotFound, PathEscapes, StorageError
from lazulite.model.files import FileInfo, FolderEntry
from lazulite.storage import failures, files
from lazulite.storage.paths import inside, relative
from lazulite.storage.store import Store

if TYPE_CHECKING:
    from lazulite.storage.copying import TransferResult
    from lazulite.storage.meter import TransferProgress
    from lazulite.storage.versions import Version


@dataclass(frozen=True)
class Listing:
    """The files below a root, and what was left out because it is a link that leads outside or nowhere."""

    files: tuple[FileInfo, ...]
    refused: tuple[str, ...] = ()


class FolderStore(Store):
    """The files below `root`.

    Paths use `/`, are relative to the root, and may be written with backslashes; "", ".", "./" and "/" are the root
    itself. A symbolic link inside the folder is followed as long as it stays inside.

    Args:
        root: The folder. It must exist before anything is written: a folder that is gone may be a disk that is not
            mounted, and creating it would hide that (`create` does so where it is wanted).
        name: The datastore's name, for messages.
    """

    root: Path

    def __init__(self, root: Path, name: str = "") -> None:
        super().__init__(name)
        self.root = root

    def __repr__(self) -> str:
        return f"FolderStore({str(self.root)!r}, {self.name!r})"

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"datastore '{self.name}'" if self.name else f"folder {self.root}"

    def create(self) -> None:
        """Create the root folder, readable by its owner only, if it is not there.

        Raises:
            StorageError: it cannot be created.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise failures.unwritable(self.root, f"The {self.title} could not be created", error) from error

    def resolve(self, path: str) -> Path:
        """Return where `path` is on this machine, whether it exists or not.

        Raises:
            PathEscapes: it is absolute, has a `..` part, or leads out of the root through a symbolic link.
        """
        inner = relative(path, what=f"path on {self.title}")
        place = self.root / inner if inner else self.root
        if inner and not inside(self.root, place):
            raise PathEscapes(
                f"The path {path!r} leads out of {self.title} through a symbolic link "
                f"(to {os.path.realpath(place)}). Copy the data into it, or register that folder as a datastore.",
                path=path,
            )
        return place

    def exists(self, path: str) -> bool:
        """Whether a file or folder is at `path`."""
        return self.resolve(path).exists()

    def is_directory(self, path: str) -> bool:
        """Whether a folder is at `path`."""
        return self.resolve(path).is_dir()

    def list(self, prefix: str = "") -> tuple[FileInfo, ...]:
        """Return the files whose path begins with `prefix`, sorted by path.

        `prefix` is text, as in v1: "data/tr" finds "data/train.csv" and "data/tr/x". Links that lead outside or
        nowhere and files still being written are left out.
        """
        return self.listing(prefix).files

    def listing(self, prefix: str = "") -> Listing:
        """As `list`, and names the links that were left out."""
        start = prefix_text(prefix)
        folder, _, _ = start.rpartition("/")
        place = self.resolve(folder)
        found: list[FileInfo] = []
        refused: list[str] = []
        with failures.reading(place, self.title):
            if place.is_dir():
                real = os.path.realpath(place)
                for item in self._walk(real, folder + "/" if folder else "", frozenset({real}), start):
                    if isinstance(item, str):
                        refused.append(item)
                    else:
                        found.append(item)
        return Listing(tuple(sorted(found, key=lambda info: info.path)), tuple(sorted(refused)))

    def _walk(self, real: str, base: str, above: frozenset[str], start: str) -> Iterator[FileInfo | str]:
        """Files below the folder `real`, and as plain text the links that cannot be followed.

        `above` holds the real folders on the way here: a link to one of them would go round for ever.
        """
        with os.scandir(real) as entries:
            for entry in entries:
                path = base + entry.name
                if not (path.startswith(start) or start.startswith(path + "/")) or files.is_temporary(
                    entry.name
                ):
                    continue
                below = entry.path
                if entry.is_symlink():
                    below = os.path.realpath(below)
                    if below in above or not os.path.exists(below) or not inside(self.root, Path(below)):  # noqa: PTH110
                        yield path
                        continue
                if entry.is_dir():
                    yield from self._walk(below, path + "/", above | {below}, start)
                elif path.startswith(start):
                    status = entry.stat()
                    if stat.S_ISREG(status.st_mode):
                        yield FileInfo(path, status.st_size, status.st_mtime_ns)

    def put(
        self, path: str, source: Path | BinaryIO, overwrite: bool = False, mtime_ns: int | None = None
    ) -> FileInfo:
        """Write one file, whole or not at all.

        Args:
            path: Where; folders on the way are created.
            source: A file to copy, or something to read from.
            overwrite: Replace a file that is there.
            mtime_ns: Modification time to give to it, in nanoseconds; without it the time of writing.

        Raises:
            Conflict: a file is there and `overwrite` is False.
            StorageFull: the disk is full.
            StorageError: it cannot be read or written.
        """
        target = self._writable_place(path)
        if not overwrite and target.exists():
            raise Conflict(f"{path!r} exists on {self.title}. Pass overwrite=True to replace it.", path=path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, Path):
                files.copy(str(source), str(target), size=source.stat().st_size, mtime_ns=mtime_ns)
            else:
                with files.replacing(str(target)) as descriptor:
                    while data := source.read(1 << 20):
                        files.write_all(descriptor, data)
                    if mtime_ns is not None:
                        os.utime(descriptor, ns=(mtime_ns, mtime_ns))
            status = target.stat()
        except OSError as error:
            raise failures.unwritable(
                target.parent, f"{path!r} was not written to {self.title}", error
            ) from error
        return FileInfo(relative(path), status.st_size, status.st_mtime_ns)

    def uri(self, path: str) -> str:
        return self.resolve(path).absolute().as_uri()

    # What needs a module of its own stands there; these are imported when asked for, because a job needs few of them.

    def look_at(self, path: str) -> FolderEntry | None:
        from lazulite.storage import browsing

        return browsing.look_at(self, path)

    def list_files(self, prefix: str = "", limit: int | None = None, after: str = "") -> tuple[FileInfo, ...]:
        from lazulite.storage import browsing

        return browsing.list_files(self, prefix, limit, after)

    def list_folder(
        self, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        from lazulite.storage import browsing

        return browsing.list_folder(self, path, limit, after)

    def open_file(self, path: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        from lazulite.storage import browsing

        return browsing.open_file(self, path, offset, length)

    def fetch_file(self, path: str, target: Path, etag: str = "") -> FileInfo:
        source = self.resolve(path)
        if not source.is_file():
            raise NotFound(f"There is no file {path!r} on {self.title}.", path=path)
        try:
            status = source.stat()
            files.copy(str(source), str(target), size=status.st_size, mtime_ns=status.st_mtime_ns)
        except OSError as error:
            raise failures.unwritable(
                target.parent, f"{path!r} was not copied from {self.title}", error
            ) from error
        return FileInfo(relative(path), status.st_size, status.st_mtime_ns)

    def version(self, path: str, cache: Path | None = None) -> Version:
        from lazulite.storage.versions import content_version

        return content_version(self.resolve(path), cache)

    def stat_version(self, path: str) -> str:
        from lazulite.storage.versions import stat_version

        return stat_version(self.resolve(path))

    def watched(self, path: str, *, recursive: bool) -> dict[str, str] | None:
        from lazulite.storage.watched import versions

        return versions(self, path, recursive=recursive)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        from lazulite.storage import transfer

        return transfer.upload(self, pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        from lazulite.storage import transfer

        return transfer.download(self, prefix, target, overwrite, strip_prefix, progress)

    def remove(self, path: str) -> None:
        """Delete a file, or a folder with everything in it; a link is deleted, never what it leads to.

        Raises:
            NotFound: nothing is there.
            InvalidRequest: it is the root.
            StorageError: it cannot be deleted.
        """
        inner = relative(path, what=f"path on {self.title}")
        if not inner:
            raise InvalidRequest(
                f"The root of {self.title} cannot be deleted. Unregister the datastore instead."
            )
        head, _, name = inner.rpartition("/")
        place = self.resolve(head) / name
        try:
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink()
        except FileNotFoundError as error:
            raise NotFound(f"There is no {path!r} on {self.title}.", path=path) from error
        except OSError as error:
            raise StorageError(
                f"{path!r} was not deleted from {self.title}: {failures.reason(error)}."
            ) from error

    def require(self) -> None:
        """See to it that the root is there.

        Raises:
            StorageError: it does not exist or is not a folder; the message names it.
        """
        if not self.root.is_dir():
            state = "is not a folder" if self.root.exists() else "does not exist (is its disk mounted?)"
            raise StorageError(f"The folder {self.root} of {self.title} {state}.", folder=str(self.root))

    def _writable_place(self, path: str) -> Path:
        place = self.resolve(path)
        if place == self.root:
            raise InvalidRequest(
                f"{path!r} is the root of {self.title}. Expected the path of a file.", path=path
            )
        self.require()
        return place


def prefix_text(prefix: str) -> str:
    """Return a prefix in its one spelling. It keeps a slash at its end, which is what tells a folder from names that begin alike."""
    inner = relative(prefix.lstrip("/\\"), what="prefix")
    return inner + "/" if inner and prefix.replace("\\", "/").endswith(("/", "/.")) else inner


def checked_limit(limit: int | None) -> int | None:
    """Return how many entries a listing may have, None for all.

    Raises:
        InvalidRequest: it is negative.
    """
    if limit is not None and limit < 0:
        raise InvalidRequest(f"limit is {limit}. Expected a number of entries, or none for all.")
    return limit
