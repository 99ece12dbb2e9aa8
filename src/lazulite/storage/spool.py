"""The artifacts of runs that are not on their datastore yet: a folder of this machine that stands for it until they are.

Logs are appended to, and a datastore elsewhere cannot append; and it may be out of order while a run ends. So what a run
on such a datastore writes goes to its **spool**, a folder with the same paths, and whoever looks for artifacts finds
both as one. A run's folder is in the spool, whole, from its beginning until it has ended and everything is on the
datastore; then it leaves the spool in one instant (`engine.sending`). So for each run one of the two is the truth, and
nobody has to compare them.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from lazulite.model.errors import NotFound, StorageError
from lazulite.model.files import FileInfo, FolderEntry
from lazulite.storage import files
from lazulite.storage.folders import FolderStore, prefix_text
from lazulite.storage.paths import relative
from lazulite.storage.store import Store

if TYPE_CHECKING:
    from lazulite.storage.copying import TransferResult
    from lazulite.storage.meter import TransferProgress
    from lazulite.storage.versions import Version

T = TypeVar("T")

#: The folder of a run's artifacts, and the folder above all of these.
_RUN = re.compile(r"azureml/ExperimentRun/dcid\.[^/]+")
RUNS = "azureml/ExperimentRun"
_GONE = "gone-"


class SpooledStore(Store):
    """A datastore elsewhere and its spool, as one.

    Args:
        store: The datastore's files.
        spool: The folder; it need not exist.
    """

    def __init__(self, store: Store, spool: Path) -> None:
        super().__init__(store.name)
        self.root = None
        self.store = store
        self._folder = spool
        self._spool = FolderStore(spool, store.name)

    @property
    def title(self) -> str:
        return self.store.title

    def _one(self, path: str, ask: Callable[[Store], T]) -> T:
        """Ask the spool if the path belongs to a run that is in it; else, or if the run leaves meanwhile, the store."""
        run = self._spooled(path)
        if run is not None:
            try:
                found = ask(self._spool)
            except (NotFound, StorageError, OSError):
                if run.is_dir():
                    raise
            else:
                if run.is_dir():
                    return found
        return ask(self.store)

    def _spooled(self, path: str) -> Path | None:
        found = _RUN.match(relative(path))
        if found is None:
            return None
        folder = self._folder / found.group()
        return folder if folder.is_dir() else None

    def _holds(self, path: str) -> bool:
        """Whether something of the spool may be at or below a path that is above the runs."""
        return self._folder.is_dir() and f"{RUNS}/".startswith(prefix_text(path).rstrip("/"))

    def require(self) -> None:
        self.store.require()

    def uri(self, path: str) -> str:
        return self.store.uri(path)

    # --- looking ---

    def look_at(self, path: str) -> FolderEntry | None:
        def ask(store: Store) -> FolderEntry | None:
            return store.look_at(path)

        found = self._one(path, ask)
        return self._spool.look_at(path) if found is None and self._holds(path) else found

    def list_files(self, prefix: str = "", limit: int | None = None, after: str = "") -> tuple[FileInfo, ...]:
        if _in_a_run(prefix):
            return self._one(prefix, lambda store: store.list_files(prefix, limit, after))
        spooled = self._spool.list_files(prefix, limit, after) if self._folder.is_dir() else ()
        stored = self.store.list_files(prefix, limit, after)
        if not spooled:
            return stored
        return _merged([(info.path, info) for info in (*stored, *spooled)], limit)

    def list_folder(
        self, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        if not self._holds(path):
            return self._one(path, lambda store: store.list_folder(path, limit, after))
        try:
            spooled = self._spool.list_folder(path, limit, after)
        except NotFound:
            spooled = ()
        try:
            stored = self.store.list_folder(path, limit, after)
        except NotFound:
            if not spooled:
                raise
            stored = ()
        return _merged([(entry.name, entry) for entry in (*stored, *spooled)], limit)

    def version(self, path: str, cache: Path | None = None) -> Version:
        return self._one(path, lambda store: store.version(path, cache))

    def stat_version(self, path: str) -> str:
        return self._one(path, lambda store: store.stat_version(path))

    def watched(self, path: str, *, recursive: bool) -> dict[str, str] | None:
        return self._one(path, lambda store: store.watched(path, recursive=recursive))

    # --- reading and writing ---

    def open_file(self, path: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        return self._one(path, lambda store: store.open_file(path, offset, length))

    def fetch_file(self, path: str, target: Path, etag: str = "") -> FileInfo:
        return self._one(path, lambda store: store.fetch_file(path, target, etag))

    def put(
        self, path: str, source: Path | BinaryIO, overwrite: bool = False, mtime_ns: int | None = None
    ) -> FileInfo:
        # Into the spool it goes as a file like any other: whoever sends the run's folder on finds it there.
        if self._spooled(path) is not None:
            return self._spool.put(path, source, overwrite, mtime_ns)
        return self.store.put(path, source, overwrite, mtime_ns)

    def remove(self, path: str) -> None:
        """Delete from both: of a run that is deleted some files may have been sent already."""
        gone = False
        for store in (self._spool, self.store) if self._folder.is_dir() else (self.store,):
            try:
                store.remove(path)
                gone = True
            except NotFound:
                continue
        if not gone:
            raise NotFound(f"There is no {path!r} on {self.title}.", path=path)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        if pairs and all(self._spooled(path) is not None for _, path in pairs):
            return self._spool.upload(pairs, overwrite, progress)
        return self.store.upload(pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        start = prefix or ""
        return self._one(
            start, lambda store: store.download(start, target, overwrite, strip_prefix, progress)
        )


def _in_a_run(prefix: str) -> bool:
    """Whether a prefix names one run's folder for certain: not where it may be the beginning of another's name."""
    return _RUN.match(prefix_text(prefix)) is not None and "/" in prefix_text(prefix)[len(RUNS) + 1 :]


def _merged(pairs: Sequence[tuple[str, T]], limit: int | None) -> tuple[T, ...]:
    """What was found in both, sorted by name; the later of two of a name."""
    found = [one for _, one in sorted(dict(pairs).items())]
    return tuple(found if limit is None else found[:limit])


def run_folders(spool: Path) -> Iterator[tuple[str, Path]]:
    """Yield the id and the folder of each run that is in a spool."""
    try:
        entries = sorted((spool / RUNS).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for folder in entries:
        if _RUN.fullmatch(f"{RUNS}/{folder.name}"):
            yield folder.name.partition(".")[2], folder


def leave(folder: Path, is_sent: Callable[[Path], bool]) -> bool:
    """Take a run's folder out of its spool in one instant, if all in it is sent; whether it was.

    Args:
        folder: The run's folder.
        is_sent: Asked, when nobody finds the folder any more, whether everything in it (at the path given) is on the
            datastore: somebody may have written to it until that instant.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = folder.with_name(files.named_temporary(folder.name))
    folder.rename(aside)
    if not is_sent(aside):
        _put_back(aside, folder)
        return False
    gone = folder.with_name(files.named_temporary(f"{_GONE}{folder.name}"))
    aside.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    return True


def mend(spool: Path) -> None:
    """Finish what a killed process left of `leave`: what was all sent is removed, what may not be is back in the spool."""
    try:
        entries = list((spool / RUNS).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for aside in entries:
        name = files.name_of_temporary(aside.name)
        if name.startswith(_GONE):
            shutil.rmtree(aside, ignore_errors=True)
        elif _RUN.fullmatch(f"{RUNS}/{name}"):
            _put_back(aside, spool / RUNS / name)


def _put_back(aside: Path, folder: Path) -> None:
    """Make `aside` the run's folder again; what somebody wrote meanwhile, where it was, is newer and stays."""
    try:
        aside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    else:
        return
    for place, _, names in os.walk(aside):
        there = folder / Path(place).relative_to(aside)
        there.mkdir(parents=True, exist_ok=True)
        for name in names:
            if not (there / name).exists():
                Path(place, name).rename(there / name)
    shutil.rmtree(aside)
