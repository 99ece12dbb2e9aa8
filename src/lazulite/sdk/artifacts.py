"""The files of a run: a folder of a datastore, reached by names relative to it that never lead out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.errors import NotFound
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.metrics import file_of

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.files import FileInfo
    from lazulite.model.run import Run
    from lazulite.sdk.data_files import DataFiles

_CHUNK = 1 << 20


def checked_file_name(name: object) -> str:
    """Return the name of a run's file in its one spelling: `/` between parts, no `.` parts, not absolute.

    Raises:
        UserErrorException: it is not text, empty, absolute, or leads out of the run's folder.
    """
    if not isinstance(name, str):
        raise UserErrorException(
            f"{name!r} cannot be the name of a run's file. Expected text such as 'outputs/a.csv'."
        )
    given = file_of(name) or name
    parts = [part for part in given.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or given.startswith(("/", "\\")) or ".." in parts or "\0" in given:
        raise UserErrorException(
            f"{name!r} cannot be the name of a run's file. Expected a path relative to the run's folder, "
            "such as 'outputs/model.pkl', without '..'."
        )
    return "/".join(parts)


class RunFiles:
    """The files of one run.

    Args:
        store: The datastore's files.
        folder: The run's folder in it, with `/`; empty for the store's root.
    """

    def __init__(self, store: DataFiles, folder: str) -> None:
        self.store = store
        self.folder = folder.strip("/")

    def _path(self, name: str = "") -> str:
        """The path on the datastore of the file `name`, or of the whole folder."""
        return "/".join(part for part in (self.folder, name) if part)

    def infos(self, prefix: str | None = None) -> list[tuple[str, FileInfo]]:
        """Name and facts of each file, sorted; with `prefix` those whose names start with it."""
        start = f"{self.folder}/" if self.folder else ""
        with v1_errors():
            return [(info.path[len(start) :], info) for info in self.store.list(start + (prefix or ""))]

    def names(self, prefix: str | None = None) -> list[str]:
        """The names of the files, sorted; with `prefix` those whose names start with it."""
        return [name for name, _ in self.infos(prefix)]

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        with v1_errors():
            entry = self.store.look_at(self._path(name))
        return entry is not None and not entry.is_directory

    def open(self, name: str, offset: int = 0) -> BinaryIO:
        """Open the file `name` for reading, from `offset` on.

        Raises:
            UserErrorException: there is no such file.
        """
        with v1_errors():
            return self.store.open(self._path(name), offset)

    def address(self, name: str) -> str:
        """A URL of the file `name`."""
        with v1_errors():
            return self.store.address(self._path(name))

    def shown(self, name: str = "") -> str:
        """Where people find the file `name`, or the whole folder: a path of this machine, or a URL."""
        with v1_errors():
            return self.store.shown(self._path(name))

    def add(self, name: str, source: Path | BinaryIO | bytes) -> str:
        """Store a file under `name`; return the name in its one spelling.

        Raises:
            UserErrorException: the name cannot be used, or a different file of that name exists already.
        """
        name = checked_file_name(name)
        if isinstance(source, Path):
            with source.open("rb") as data:
                self._add(name, data)
        else:
            self._add(name, _stream(source))
        return name

    def _add(self, name: str, data: BinaryIO) -> None:
        with v1_errors():
            if self.exists(name):
                with self.open(name) as stored:
                    _refuse_unless_same(stored, data, name)
            else:
                self.store.put(self._path(name), data, overwrite=False)

    def copy_out(self, name: str, target: Path) -> None:
        """Copy the file `name` to `target`; folders on the way are made, and the copy appears whole or not at all.

        Raises:
            UserErrorException: the run has no such file; the message names those it has.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with v1_errors():
                try:
                    self.store.copy_out(self._path(name), part)
                except NotFound:
                    raise UserErrorException(
                        f"The run has no file {name!r}. {_known(self.names())}"
                    ) from None
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def text(self, name: str) -> str:
        """The text of the file `name`, or the empty string if there is none."""
        with v1_errors(), suppress(NotFound), self.store.open(self._path(name)) as stream:
            return stream.read().decode("utf-8", errors="replace")
        return ""

    def url(self) -> str:
        """A URL that opens: the run's folder, or the nearest folder above it that exists yet."""
        folder = self.folder
        with v1_errors():
            while folder and self.store.look_at(folder) is None:
                folder = folder.rpartition("/")[0]
            return self.store.address(folder)


def files_of(service: Service, workspace: str, run: Run) -> RunFiles:
    """Return the files of a recorded run; of a run that reuses another: those of the other one."""
    from lazulite.api.origin import origin_of
    from lazulite.sdk.data_files import files_on

    with v1_errors():
        source = origin_of(service, workspace, run)
        return RunFiles(files_on(service, workspace, source.artifact_datastore), source.artifact_path)


def folder_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield (name relative to `folder` with `/`, path) of every file below it, sorted; links are not followed out."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            if not path.resolve().is_relative_to(root):
                raise UserErrorException(
                    f"{str(path)!r} is a link that leads out of {str(folder)!r}, and was not uploaded. "
                    "Copy the file into the folder, or upload it by itself."
                )
            yield PurePosixPath(*path.relative_to(folder).parts).as_posix(), path


def _stream(source: BinaryIO | bytes) -> BinaryIO:
    import io

    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, io.TextIOBase):  # v1 took io.StringIO too
        return io.BytesIO(source.read().encode())
    return source


def _refuse_unless_same(stored: BinaryIO, data: BinaryIO, name: str) -> None:
    while True:
        here = data.read(_CHUNK)
        if here != stored.read(len(here) or 1):
            raise UserErrorException(
                f"The run has a file {name!r} already, with other content. Files of a run are never replaced: "
                "upload under another name."
            )
        if not here:
            return


def _known(names: list[str]) -> str:
    if not names:
        return "It has no files yet; those written to ./outputs appear when the script has ended."
    shown = ", ".join(names[:20])
    return f"Its files are: {shown}{f' and {len(names) - 20} more' if len(names) > 20 else ''}."  # noqa: PLR2004
