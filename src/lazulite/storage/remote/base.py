"""A store on another machine: what all of them do alike, over a handful of requests that each one makes in its way."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.files import FileInfo, FolderEntry
from lazulite.storage import files
from lazulite.storage.folders import checked_limit, prefix_text
from lazulite.storage.paths import relative
from lazulite.storage.remote.requests import Children, Requests
from lazulite.storage.remote.retrying import Patience, attempt
from lazulite.storage.remote.streams import Reader

if TYPE_CHECKING:
    from lazulite.storage.copying import TransferResult
    from lazulite.storage.meter import TransferProgress
    from lazulite.storage.versions import Version

#: For so many seconds a store that stopped answering is asked again in the middle of work …
RETRY_SECONDS = 120.0
#: … and for so many before it begins, when the address may be wrong.
FIRST_SECONDS = 5.0


class RemoteStore(Requests):
    """The files of a store on another machine.

    Args:
        name: The datastore's name, for messages.
        retry_seconds: For how long a store that stopped answering is asked again.
    """

    def __init__(self, name: str, retry_seconds: float = RETRY_SECONDS) -> None:
        super().__init__(name)
        self.retry_seconds = retry_seconds

    # --- looking ---

    def require(self) -> None:
        attempt(self.request_check, Patience(min(FIRST_SECONDS, self.retry_seconds)))

    def plain(self, path: str) -> str:
        """Return a path in its one spelling.

        Raises:
            PathEscapes: it leaves the store.
            InvalidRequest: it is no Unicode text, as names of files of this machine need not be.
        """
        inner = relative(path, what=f"path on {self.title}")
        if not inner.isascii() and any("\ud800" <= sign <= "\udfff" for sign in inner):
            raise InvalidRequest(
                f"{inner!r} cannot be a name on {self.title}: it is no Unicode text.", path=path
            )
        return inner

    def look_at(self, path: str) -> FolderEntry | None:
        inner = self.plain(path)
        name = inner.rpartition("/")[2]
        if not inner:
            self.require()
            return FolderEntry("", is_directory=True)
        info = attempt(lambda: self.request_file(inner), self._patience())
        if info is not None:
            return FolderEntry(name, is_directory=False, size=info.size, mtime_ns=info.mtime_ns)
        return FolderEntry(name, is_directory=True) if self._has_folder(inner) else None

    def _has_folder(self, folder: str) -> bool:
        return attempt(lambda: self.has_folder(folder), self._patience())

    def list_files(self, prefix: str = "", limit: int | None = None, after: str = "") -> tuple[FileInfo, ...]:
        start, most = prefix_text(prefix), checked_limit(limit)
        folder = start.rpartition("/")[0]
        if most is None:
            found: Iterator[FileInfo] = iter(self._everything(folder))
        else:
            begin = max(after, _just_before(start))
            found = self._resumed(folder, begin) if self.ordered else self._walk(folder, begin)
        wanted = (info for info in found if info.path > after and is_shown(info))
        return tuple(islice((info for info in _from(wanted, start) if info.path.startswith(start)), most))

    def _everything(self, folder: str) -> list[FileInfo]:
        """All files below a folder, sorted by path."""
        if self.begins_anywhere:
            return list(self._resumed(folder, ""))
        found = attempt(lambda: list(self.request_files(folder, "")), self._patience())
        return sorted(found, key=lambda info: info.path)

    def _walk(self, folder: str, after: str) -> Iterator[FileInfo]:
        """The files below a folder in order, whatever order the store has; folders before `after` are not entered."""
        children = attempt(lambda: self.request_children(folder), self._patience()) or Children((), ())
        base = f"{folder}/" if folder else ""
        found: dict[str, FileInfo | None] = {f"{base}{name}/": None for name in children.folders}
        found |= {info.path: info for info in children.files}
        for key in sorted(found):
            info = found[key]
            if info is not None:
                yield info
            elif key > after or after.startswith(key):
                yield from self._walk(key[:-1], after)

    def _resumed(self, folder: str, after: str) -> Iterator[FileInfo]:
        """The files below a folder of an ordered store; a listing that breaks off goes on after the last one."""
        patience = self._patience()
        found = self.request_files(folder, after)
        last = after

        def next_one() -> FileInfo | None:
            nonlocal found
            try:
                return next(found, None)
            except BaseException:
                found = self.request_files(folder, last)
                raise

        while (info := attempt(next_one, patience)) is not None:
            last = info.path
            yield info

    def list_folder(
        self, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        most = checked_limit(limit)
        inner = self.plain(path)
        children = self._children(inner)
        if children is None:
            raise NotFound(f"There is no folder {path!r} on {self.title}.", path=path)
        found = [FolderEntry(name, is_directory=True) for name in children.folders]
        found += [
            FolderEntry(
                info.path.rpartition("/")[2], is_directory=False, size=info.size, mtime_ns=info.mtime_ns
            )
            for info in children.files
        ]
        shown = (one for one in found if one.name > after and not files.is_temporary(one.name))
        return tuple(sorted(shown, key=lambda one: (one.name, one.is_directory)))[:most]

    def _children(self, folder: str) -> Children | None:
        children = attempt(lambda: self.request_children(folder), self._patience())
        if children is None and attempt(lambda: self.request_file(folder), self._patience()):
            raise InvalidRequest(f"{folder!r} on {self.title} is a file. Expected a folder.", path=folder)
        return children

    # --- versions ---

    def version(self, path: str, cache: Path | None = None) -> Version:
        from lazulite.storage.remote import versions

        return versions.version(self, path)

    def stat_version(self, path: str) -> str:
        from lazulite.storage.remote import versions

        return versions.stat_version(self, path)

    def watched(self, path: str, *, recursive: bool) -> dict[str, str] | None:
        from lazulite.storage.remote import versions

        return versions.watched(self, path, recursive=recursive)

    def all_at(self, path: str) -> tuple[str, list[FileInfo] | None]:
        """Return the plain path, and the file there, or all files of the folder there, sorted by path; None for nothing."""
        inner = self.plain(path)
        if inner:
            info = attempt(lambda: self.request_file(inner), self._patience())
            if info is not None:
                return inner, [info]
        else:
            self.require()
        found = [info for info in self._everything(inner) if is_shown(info)]
        if not found and inner and not self._has_folder(inner):
            return inner, None
        return inner, found

    def files_in(self, folder: str) -> list[FileInfo] | None:
        """Return the files right in a folder, or the file that is there; None for nothing."""
        info = attempt(lambda: self.request_file(folder), self._patience()) if folder else None
        if info is not None:
            return [info]
        children = attempt(lambda: self.request_children(folder), self._patience())
        return None if children is None else list(children.files)

    # --- reading and writing ---

    def find(self, path: str) -> FileInfo:
        """Return the facts of a file.

        Raises:
            NotFound: nothing is there.
            InvalidRequest: a folder is there.
        """
        inner = self.plain(path)
        info = attempt(lambda: self.request_file(inner), self._patience()) if inner else None
        if info is not None:
            return info
        if not inner or self._has_folder(inner):
            raise InvalidRequest(f"{path!r} on {self.title} is a folder. Expected a file.", path=path)
        raise NotFound(f"There is no file {path!r} on {self.title}.", path=path)

    def open_file(self, path: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        if offset < 0 or (length is not None and length < 0):
            raise InvalidRequest(f"offset {offset} and length {length} name no part of a file.")
        info = self.find(path)
        stop = info.size if length is None else min(info.size, offset + length)
        return cast(
            "BinaryIO", io.BufferedReader(Reader(self, info, offset, stop, self._patience()), 1 << 20)
        )

    def put(
        self, path: str, source: Path | BinaryIO, overwrite: bool = False, mtime_ns: int | None = None
    ) -> FileInfo:
        from lazulite.storage.remote import sending

        inner = self.plain(path)
        if not inner:
            raise InvalidRequest(
                f"{path!r} is the root of {self.title}. Expected the path of a file.", path=path
            )
        return sending.put(self, inner, source, self._patience(), overwrite=overwrite)

    def fetch_file(self, path: str, target: Path, etag: str = "") -> FileInfo:
        from lazulite.storage.remote import receiving

        info = self.find(path)
        if etag and info.etag != etag:
            raise Conflict(f"{path!r} on {self.title} has changed meanwhile. Read it again.", path=path)
        receiving.fetch(self, info, target, self._patience(), None)
        return info

    def remove(self, path: str) -> None:
        inner = self.plain(path)
        if not inner:
            raise InvalidRequest(
                f"The root of {self.title} cannot be deleted. Unregister the datastore instead."
            )
        info = attempt(lambda: self.request_file(inner), self._patience())
        below = [] if info else self._everything(inner)
        if info is None and not below and not self._has_folder(inner):
            raise NotFound(f"There is no {path!r} on {self.title}.", path=path)
        found = [info] if info else below
        attempt(lambda: self.request_removal(found, None if info else inner), self._patience())

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        from lazulite.storage.remote import sending

        return sending.upload(self, pairs, self._patience(), progress, overwrite=overwrite)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        from lazulite.storage.remote import receiving
        from lazulite.storage.transfer import selection

        start, cut = selection(prefix or "", self._has_folder, strip=strip_prefix)
        return receiving.download(self, start, cut, target, self._patience(), progress, overwrite=overwrite)

    def _patience(self) -> Patience:
        return Patience(self.retry_seconds, threading.Event())


def _just_before(text: str) -> str:
    """A text that comes before `text` and after nearly all others that do."""
    return text[:-1] + chr(ord(text[-1]) - 1) if text and text[-1].isascii() else ""


def _from(infos: Iterator[FileInfo], start: str) -> Iterator[FileInfo]:
    """Of files sorted by path those up to where none can begin with `start` any more."""
    return takewhile(lambda info: info.path < start or info.path.startswith(start), infos)


def is_shown(info: FileInfo) -> bool:
    """Whether a file is none that is still being written."""
    return not files.is_temporary(info.path.rpartition("/")[2])
