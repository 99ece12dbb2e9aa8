"""The step's own files at the service: brought there before the run, taken away after it.

A notebook and what lies beside it go to the workspace, below the home of the token's owner; a script and what it imports
to the folder that the compute target names: DBFS (v1's way, and the default), a Volume, or a folder of the workspace.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.databricks import DatabricksWork, SourceKind
from lazulite.model.errors import LazuliteError, NotFound
from lazulite.worker.tasks.databricks_service.failures import in_words

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

#: Where scripts are brought if the compute target says nothing.
UPLOAD_PATH = "dbfs:/azureml"
_NOTEBOOK = b"# Databricks notebook source"
_ENDINGS = (".ipynb", ".py", ".sql", ".scala", ".r", ".R")
_AT_ONCE = 8
#: What the worker makes in the working directory, besides the snapshot.
_OURS = ("logs", "outputs")


@dataclass(frozen=True)
class Brought:
    """A copy of the step's files: the folder it is in, the file that is run, and all files, relative to the folder.

    All of it is empty if nothing is brought.
    """

    folder: str = ""
    file: str = ""
    files: tuple[str, ...] = ()

    @property
    def script_directory(self) -> str:
        """The folder as v1 told it to scripts: of DBFS without the scheme, to which they add dbfs:/ or /dbfs/."""
        return self.folder.removeprefix("dbfs:/")


def plan(client: WorkspaceClient, work: DatabricksWork, upload_path: str, run_id: str) -> Brought:
    """Return what is to be brought: the working directory (the step's snapshot), if what is run is in it.

    Raises:
        NotFound: the file that is to be run is not in the snapshot.
        LazuliteError: the service cannot be asked who we are.
    """
    if work.path:
        return Brought()
    if not Path(work.file).is_file():
        raise NotFound(
            f"{work.file!r} is not in the step's snapshot. Check that no ignore file (.amlignore, .gitignore) "
            "excludes it."
        )
    with in_words("asking who the token's owner is", client.config.host):
        folder = _folder(client, work, upload_path, run_id)
    return Brought(folder, f"{folder}/{_name_there(work)}", tuple(sorted(_files())))


def bring(client: WorkspaceClient, brought: Brought) -> None:
    """Copy the files to the service; what is there already is overwritten.

    Raises:
        LazuliteError: the service refuses them, or cannot be reached.
    """
    folder = brought.folder
    if not folder:
        return
    with in_words("uploading the step's files", client.config.host):
        send = _sender(folder)
        if send is _to_workspace:
            for parent in sorted({str(Path(folder, file).parent) for file in brought.files}):
                client.workspace.mkdirs(parent)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda file: send(client, Path(file), f"{folder}/{file}"), brought.files))
    print(f"{len(brought.files)} files of the source directory were copied to {folder}.", flush=True)


def take_away(client: WorkspaceClient, folder: str, files: tuple[str, ...]) -> None:
    """Delete the copy; one that cannot be deleted stays, and a line says so."""
    if not folder:
        return
    try:
        with in_words("deleting the step's files", client.config.host):
            if folder.startswith("dbfs:/"):
                client.dbfs.delete(folder, recursive=True)
            elif folder.startswith("/Volumes/"):
                _delete_of_volume(client, folder, files)
            else:
                client.workspace.delete(folder, recursive=True)
    except LazuliteError as error:  # the run is over, and its outcome counts
        print(f"The copy of the source directory at {folder} could not be deleted: {error}", flush=True)


def _sender(folder: str) -> Callable[[WorkspaceClient, Path, str], None]:
    if folder.startswith("dbfs:/"):
        return _to_dbfs
    return _to_volume if folder.startswith("/Volumes/") else _to_workspace


def _folder(client: WorkspaceClient, work: DatabricksWork, upload_path: str, run_id: str) -> str:
    if work.source is SourceKind.NOTEBOOK:
        return f"/Users/{client.current_user.me().user_name}/lazulite/{run_id}"
    return f"{upload_path.rstrip('/')}/{run_id}"


def _name_there(work: DatabricksWork) -> str:
    """A notebook loses the ending of its file when it comes into a workspace."""
    if work.source is not SourceKind.NOTEBOOK:
        return work.file
    return next((work.file.removesuffix(end) for end in _ENDINGS if work.file.endswith(end)), work.file)


def _files() -> Iterator[str]:
    for path in Path().rglob("*"):
        if path.is_file() and path.parts[0] not in _OURS:
            yield path.as_posix()


def _to_dbfs(client: WorkspaceClient, source: Path, target: str) -> None:
    with source.open("rb") as file:
        client.dbfs.upload(target, file, overwrite=True)


def _to_volume(client: WorkspaceClient, source: Path, target: str) -> None:
    with source.open("rb") as file:
        client.files.upload(target, file, overwrite=True)


def _to_workspace(client: WorkspaceClient, source: Path, target: str) -> None:
    from databricks.sdk.service.workspace import ImportFormat, Language

    content = source.read_bytes()
    text = base64.b64encode(content).decode("ascii")
    if source.suffix == ".sql" and content.startswith(b"-- Databricks notebook source"):
        place = target.removesuffix(".sql")
        client.workspace.import_(
            place, content=text, format=ImportFormat.SOURCE, language=Language.SQL, overwrite=True
        )
    else:  # AUTO: a notebook if the file says so of itself, else a file
        client.workspace.import_(target, content=text, format=ImportFormat.AUTO, overwrite=True)


def _delete_of_volume(client: WorkspaceClient, folder: str, files: tuple[str, ...]) -> None:
    for file in files:
        client.files.delete(f"{folder}/{file}")
    folders = {str(parent) for file in files for parent in Path(folder, file).parents}
    for one in sorted((one for one in folders if one.startswith(folder)), key=len, reverse=True):
        client.files.delete_directory(one)
