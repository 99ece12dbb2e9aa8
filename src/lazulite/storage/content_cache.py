"""Files of datastores elsewhere, kept on this machine: ten steps that read one file fetch it once.

An entry is named by where the file is and by its version there, so it is never stale, and nobody has to say that a file
changed. Whoever needs a file that is not held locks its entry and fetches it; the others wait for the lock. A lock ends
with its process, so a fetch that was killed is taken over by the next.

    <hash>      the bytes, not writable
    <hash>.use  size and time of those bytes; locked while they are fetched; its own time is that of the last use

Held files are shown to scripts as hard links. A script that writes to one alters it for all: its size or time differs
from what was noted then, and it is fetched again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lazulite.model.errors import StorageError
from lazulite.model.files import FileInfo
from lazulite.storage import failures, files
from lazulite.storage.meter import Meter, TransferProgress
from lazulite.storage.parallel import each
from lazulite.storage.retrying import retried
from lazulite.storage.store import Store

#: How many gigabytes the cache may hold.
ENV_LIMIT = "LAZULITE_DATA_CACHE_GB"
_USE = ".use"
#: Files up to this size are fetched many at a time; larger ones, which the store fetches in pieces, one after the other.
_SMALL = 4 << 20
#: Of the disk, what the cache may fill where nothing else is said.
_SHARE = 5
#: How often a file that is gone or altered as soon as it was fetched is fetched again.
_TRIES = 3
#: A file that is being written and has not grown for so long is what a killed fetch left, in seconds.
_DEAD_SECONDS = 600


def limit_given() -> int | None:
    """The bytes that the user lets the cache hold, by the variable; None where none is given."""
    try:
        return int(float(os.environ[ENV_LIMIT]) * 1e9)
    except (KeyError, ValueError):
        return None


@dataclass(frozen=True)
class Entry:
    """A held file: its name in the cache, bytes, and last use in nanoseconds since 1970."""

    place: str
    size: int
    used_ns: int


class ContentCache:
    """The cache in a folder.

    Args:
        folder: Where it is; made at first use.
        limit: The bytes it may hold; None: a fifth of its disk.
    """

    def __init__(self, folder: Path, limit: int | None = None) -> None:
        self.folder = folder
        self._limit = limit

    @property
    def limit(self) -> int:
        """The bytes it may hold."""
        if self._limit is None:
            disk = os.statvfs(next(place for place in (self.folder, *self.folder.parents) if place.exists()))
            return disk.f_blocks * disk.f_frsize // _SHARE
        return self._limit

    def bring(
        self,
        store: Store,
        infos: Sequence[FileInfo],
        show: Callable[[FileInfo, str], None],
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> int:
        """Show every one of the files, fetched first if it is not held; return how many were fetched.

        Args:
            store: The datastore's files.
            infos: Files as just listed: their versions there say what is held.
            show: Called once for each, from several threads, with the place of its bytes: links or copies them.
            progress: Told how far the fetching is.

        Raises:
            Conflict: a file is another version now than was listed.
            NotFound: it is gone.
            StorageFull: the disk has no room.
            StorageError: a file cannot be fetched.
        """
        missing = [info for info in infos if not self._shown(store, info, show)]
        if not missing:
            return 0
        size = sum(info.size for info in missing)
        self._make_room(size)
        meter = Meter(len(missing), size, progress)
        small = [info for info in missing if info.size <= _SMALL]
        each(small, lambda info: self._fetch_and_show(store, info, show, meter))
        for info in missing:
            if info.size > _SMALL:
                self._fetch_and_show(store, info, show, meter)
        meter.finish()
        self.trim()
        return len(missing)

    def entries(self) -> list[Entry]:
        """Everything that is held, or left by a killed fetch; that used longest ago first."""
        found = [entry for folder in _folders(self.folder) for entry in _entries(folder)]
        return sorted(found, key=lambda entry: entry.used_ns)

    def trim(self, limit: int | None = None) -> int:
        """Remove what was used longest ago until at most `limit` bytes are held; return the bytes removed.

        What is being fetched stays. What a job still shows is out of the cache, and its bytes live as long as the job.
        """
        most = self.limit if limit is None else limit
        found = self.entries()
        excess = sum(entry.size for entry in found) - most
        removed = 0
        for entry in found:
            if removed >= excess:
                break
            if _removed(entry.place):
                removed += entry.size
        return removed

    def _make_room(self, size: int) -> None:
        """See to it that so many bytes fit on the disk.

        Raises:
            StorageFull: they do not, whatever is removed.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._free() < size:
                held = sum(entry.size for entry in self.entries())
                self.trim(max(0, held - (size - self._free())))
                if self._free() < size:
                    raise failures.full(self.folder, f"{size:,} bytes of input files do not fit on it")
        except OSError as error:
            raise failures.unwritable(self.folder, "Input files cannot be kept", error) from error

    def _free(self) -> int:
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize

    def _place(self, store: Store, info: FileInfo) -> str:
        version = info.etag or f"{info.size}:{info.mtime_ns}"
        name = hashlib.sha256(f"{store.uri('')}\0{info.path}\0{version}".encode()).hexdigest()
        return f"{self.folder}/{name[:2]}/{name}"

    def _shown(self, store: Store, info: FileInfo, show: Callable[[FileInfo, str], None]) -> bool:
        """Show a file if it is held, unaltered."""
        place = self._place(store, info)
        if not _is_held(place):
            return False
        try:
            show(info, place)
        except FileNotFoundError:  # it was removed to make room, in this instant
            if os.path.exists(place):  # noqa: PTH110
                raise
            return False
        return True

    def _fetch_and_show(
        self, store: Store, info: FileInfo, show: Callable[[FileInfo, str], None], meter: Meter
    ) -> None:
        place = self._place(store, info)
        for _ in range(_TRIES):
            with self._locked(place):
                fetched = not _is_held(place)
                if fetched:
                    self._fetch(store, info, place)
            if self._shown(store, info, show):
                meter.done(info.path, info.size, copied=fetched)
                return
        raise StorageError(
            f"The copy of {info.path!r} of {store.title} in {self.folder} was removed or altered as soon as it was made."
        )

    def _fetch(self, store: Store, info: FileInfo, place: str) -> None:
        retried(lambda: store.fetch_file(info.path, Path(place), info.etag))
        try:
            os.chmod(place, 0o444)  # noqa: PTH101
            status = os.stat(place)  # noqa: PTH116
            # After the file: without it the file does not count as held.
            with open(place + _USE, "w", encoding="ascii") as use:  # noqa: PTH123
                use.write(_noted(status))
        except OSError as error:
            raise failures.unwritable(self.folder, f"{info.path!r} could not be kept", error) from error

    @contextlib.contextmanager
    def _locked(self, place: str) -> Iterator[None]:
        """Hold the lock of an entry."""
        try:
            os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
            descriptor = _lock(place + _USE)
        except OSError as error:
            raise failures.unwritable(self.folder, "Input files cannot be kept", error) from error
        try:
            yield
        finally:
            os.close(descriptor)


def _noted(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns}"


def _is_held(place: str) -> bool:
    """Whether the bytes are there as they were noted; the entry counts as used now."""
    try:
        with open(place + _USE, "rb") as use:  # noqa: PTH123
            noted = use.read()
        if noted.decode("ascii") != _noted(os.stat(place)):  # noqa: PTH116
            return False
        now = time.time_ns()  # finer than the clock of file systems
        os.utime(place + _USE, ns=(now, now))
    except (OSError, UnicodeDecodeError):
        return False
    return True


def _lock(path: str, flags: int = fcntl.LOCK_EX) -> int:
    """Lock a file that another process may remove meanwhile; it is made if it is not there."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, flags)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):  # noqa: PTH116
                return descriptor
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _removed(place: str) -> bool:
    """Remove an entry, unless it is being fetched."""
    try:
        descriptor = _lock(place + _USE, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    try:
        for path in (place, place + _USE):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
    finally:
        os.close(descriptor)
    return True


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir()]
    except FileNotFoundError:
        return []


def _entries(folder: str) -> Iterator[Entry]:
    with os.scandir(folder) as entries:
        found = {entry.name: entry for entry in entries}
    for name, entry in found.items():
        with contextlib.suppress(FileNotFoundError):
            if files.is_temporary(name):
                _remove_dead(entry)
            elif name.endswith(_USE):
                if name.removesuffix(_USE) not in found and _is_dead(entry):  # of a fetch that failed
                    _removed(entry.path.removesuffix(_USE))
            else:
                use = found.get(name + _USE)
                yield Entry(f"{folder}/{name}", entry.stat().st_size, use.stat().st_mtime_ns if use else 0)


def _remove_dead(part: os.DirEntry[str]) -> None:
    """Remove what a killed fetch left."""
    if _is_dead(part):
        os.unlink(part.path)  # noqa: PTH108


def _is_dead(entry: os.DirEntry[str]) -> bool:
    return time.time() - entry.stat().st_mtime > _DEAD_SECONDS
