"""The files of a run: a folder of a datastore, reached by names relative to it that never lead out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.assets import AssetKind, Datastore
from lazulite.model.codec import from_data
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.metrics import file_of

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.run import Run
    from lazulite.storage.folders import FolderStore

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
        store: The datastore's folder.
        folder: The run's folder in it, with `/`; empty for the store's root.
    """

    def __init__(self, store: FolderStore, folder: str) -> None:
        self.store = store
        self.folder = folder.strip("/")

    def path(self, name: str = "") -> Path:
        """Where the file `name` (or the whole folder) is on this machine, whether it exists or not."""
        with v1_errors():
            return self.store.resolve("/".join(part for part in (self.folder, name) if part))

    def names(self, prefix: str | None = None) -> list[str]:
        """The names of the files, sorted; with `prefix` those whose names start with it."""
        start = f"{self.folder}/" if self.folder else ""
        with v1_errors():
            return [entry.path[len(start) :] for entry in self.store.list(start + (prefix or ""))]

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return self.path(name).is_file()

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
                _refuse_unless_same(self.path(name), data, name)
            else:
                target = "/".join(part for part in (self.folder, name) if part)
                self.store.put(target, data, overwrite=False)

    def copy_out(self, name: str, target: Path) -> None:
        """Copy the file `name` to `target`; folders on the way are made, and the copy appears whole or not at all.

        Raises:
            UserErrorException: the run has no such file; the message names those it has.
        """
        source = self.path(name)
        if not source.is_file():
            raise UserErrorException(f"The run has no file {name!r}. {_known(self.names())}")
        import shutil

        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(source, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def text(self, name: str) -> str:
        """The text of the file `name`, or the empty string if there is none."""
        path = self.path(name)
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def url(self) -> str:
        """A file URL that opens: the run's folder, or the nearest folder above it that exists yet."""
        folder = self.path()
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return folder.as_uri()


def files_of(service: Service, workspace: str, run: Run) -> RunFiles:
    """Return the files of a recorded run; of a run that reuses another: those of the other one."""
    from lazulite.storage.datastores import open_store

    with v1_errors():
        source = origin_of(service, workspace, run)
        asset = service.get_asset(workspace, AssetKind.DATASTORE, source.artifact_datastore)
        store = open_store(from_data(Datastore, asset.document))
    return RunFiles(store, source.artifact_path)


def origin_of(service: Service, workspace: str, run: Run) -> Run:
    """Return the run whose work `run` shows: itself, or the one it reuses."""
    seen = {run.id}
    while run.reused_run_id and run.reused_run_id not in seen:
        seen.add(run.reused_run_id)
        run = service.get_run(workspace, run.reused_run_id)
    return run


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


def _refuse_unless_same(existing: Path, data: BinaryIO, name: str) -> None:
    with existing.open("rb") as stored:
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
