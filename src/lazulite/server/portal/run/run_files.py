"""The files of a run (logs, `./outputs`, what it uploaded), and logs read by lines."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from lazulite.api.origin import reused_by
from lazulite.api.service import Service
from lazulite.model.errors import InvalidRequest, NotFound, StorageError
from lazulite.model.files import FileInfo
from lazulite.model.run import Run
from lazulite.server.portal.run.log_file import LineIndex, LogFile

#: Line indexes of so many logs are remembered.
_REMEMBERED = 200
_indexes: OrderedDict[tuple[str, ...], LineIndex] = OrderedDict()
#: What is read of a file to be shown as text.
MOST_TEXT = 1 << 20
_MOST_FILES = 2000


@contextmanager
def telling_unusable() -> Iterator[None]:
    """Raise as `StorageError`, which the panel tells, that a datastore cannot be used for lack of a library."""
    try:
        yield
    except InvalidRequest as error:
        raise StorageError(error.message) from error


@dataclass(frozen=True)
class RunFiles:
    """The files of a run; of one that reuses another, those of the other."""

    service: Service
    run: Run

    def all(self, prefix: str = "") -> tuple[FileInfo, ...]:
        """Files by name relative to the run's folder, sorted; none if their datastore is registered no more.

        Raises:
            StorageError: the datastore cannot be read now.
        """
        start = self.path(prefix)
        try:
            with telling_unusable():
                found = self.service.list_files(
                    self.run.workspace, self.run.artifact_datastore, start, limit=_MOST_FILES
                )
        except NotFound:
            return ()
        cut = len(self.path(""))
        return tuple(FileInfo(info.path[cut:], info.size, info.mtime_ns) for info in found)

    def path(self, name: str) -> str:
        """Where the file is on the datastore.

        Raises:
            InvalidRequest: the name leads out of the run's folder.
        """
        if ".." in name.split("/") or name.startswith("/") or "\0" in name or "\\" in name:
            raise InvalidRequest(f"{name!r} is no name of a run's file.", name=name)
        folder = self.run.artifact_path.strip("/")
        return f"{folder}/{name}" if folder else name

    def size(self, name: str) -> int:
        """The size of a file.

        Raises:
            NotFound: there is none.
        """
        entry = self.service.look_at(self.run.workspace, self.run.artifact_datastore, self.path(name))
        if entry is None or entry.is_directory:
            raise NotFound(f"Run {self.run.id} has no file {name!r}.", name=name)
        return entry.size

    def open(self, name: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        """Open a file, or a part of it, for reading."""
        return self.service.open_file(
            self.run.workspace, self.run.artifact_datastore, self.path(name), offset, length
        )

    def text(self, name: str) -> str:
        """The beginning of a file as text; empty if there is none.

        Raises:
            StorageError: the datastore cannot be read now.
        """
        try:
            with telling_unusable(), self.open(name, 0, MOST_TEXT) as file:
                return file.read().decode(errors="replace")
        except NotFound:
            return ""

    def log(self, name: str) -> LogFile:
        """A log by its lines.

        Raises:
            NotFound: there is no such file.
        """
        size = self.size(name)
        key = (self.run.workspace, self.run.artifact_datastore, self.path(name))

        def read(offset: int, length: int) -> bytes:
            with self.open(name, offset, length) as file:
                return file.read()

        log = LogFile(read, size, _indexes.pop(key, None))
        _indexes[key] = log.index
        if len(_indexes) > _REMEMBERED:
            _indexes.popitem(last=False)
        return log


def files_of(service: Service, run: Run) -> RunFiles:
    """Return the files of the run whose work `run` shows: its own, or those of the run that it reuses."""
    known: list[Run] = []
    with suppress(NotFound):  # then the last one that is there
        known.extend(reused_by(service, run.workspace, run))
    return RunFiles(service, known[-1])
