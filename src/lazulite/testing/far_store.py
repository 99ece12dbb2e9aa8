"""A store whose files count as somewhere else: for tests of what is done with those, without a server.

It is a folder behind the interface of an object store: versions are etags, there are no folders but prefixes, every
request is counted, and it can be out of order.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.errors import Conflict
from lazulite.model.files import FileInfo, FolderEntry
from lazulite.storage import versions
from lazulite.storage.folders import FolderStore
from lazulite.storage.paths import relative
from lazulite.storage.remote.failures import Unreachable
from lazulite.storage.store import Store

if TYPE_CHECKING:
    from lazulite.storage.copying import TransferResult
    from lazulite.storage.meter import TransferProgress
    from lazulite.storage.versions import Version


class FarStore(Store):
    """The files below `folder`, as if they were far away.

    `asked` counts requests by what they ask; while `is_down` every one fails; `before` is called with what is asked
    and the path, before each.
    """

    def __init__(self, folder: Path, name: str = "far") -> None:
        super().__init__(name)
        self.root = None
        self.asked: Counter[str] = Counter()
        self.is_down = False
        self.before: Callable[[str, str], None] = lambda _what, _path: None
        self._folder = FolderStore(folder, name)
        self._folder.create()
        self._lock = threading.Lock()

    def _files(self, what: str, path: str = "") -> FolderStore:
        self.before(what, path)
        with self._lock:
            self.asked[what] += 1
        if self.is_down:
            raise Unreachable(f"The {self.title} does not answer.")
        return self._folder

    def _with_etag(self, info: FileInfo) -> FileInfo:
        data = self._folder.resolve(info.path).read_bytes()
        return FileInfo(info.path, info.size, info.mtime_ns, hashlib.md5(data).hexdigest())  # noqa: S324

    def require(self) -> None:
        self._files("require").require()

    def uri(self, path: str) -> str:
        return f"far://{self.name}/{relative(path)}"

    def look_at(self, path: str) -> FolderEntry | None:
        return self._files("look_at", path).look_at(path)

    def list_files(self, prefix: str = "", limit: int | None = None, after: str = "") -> tuple[FileInfo, ...]:
        found = self._files("list", prefix).list_files(prefix, limit, after)
        return tuple(self._with_etag(info) for info in found)

    def list_folder(
        self, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        return self._files("list", path).list_folder(path, limit, after)

    def version(self, path: str, cache: Path | None = None) -> Version:
        files = self._files("version", path)
        return versions.content_version(files.resolve(path), cache)

    def stat_version(self, path: str) -> str:
        found = self.watched(path, recursive=True)
        if not found:
            return versions.ABSENT
        return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()

    def watched(self, path: str, *, recursive: bool) -> dict[str, str] | None:
        files = self._files("list", path)
        found = files.watched(path, recursive=recursive)
        if found is None:
            return None
        return {name: self._with_etag(FileInfo(name, 0, 0)).etag for name in found}

    def open_file(self, path: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        return self._files("get", path).open_file(path, offset, length)

    def fetch_file(self, path: str, target: Path, etag: str = "") -> FileInfo:
        files = self._files("fetch", path)
        if etag not in ("", self._with_etag(FileInfo(path, 0, 0)).etag):
            raise Conflict(f"{path!r} on {self.title} is another version now.")
        return files.fetch_file(path, target)

    def put(
        self, path: str, source: Path | BinaryIO, overwrite: bool = False, mtime_ns: int | None = None
    ) -> FileInfo:
        return self._with_etag(self._files("put", path).put(path, source, overwrite, mtime_ns))

    def remove(self, path: str) -> None:
        self._files("delete", path).remove(path)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return self._files("put", "").upload(pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return self._files("get", prefix or "").download(prefix, target, overwrite, strip_prefix, progress)
