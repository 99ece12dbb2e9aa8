"""The files of models: into the workspace's default datastore, and out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.assets import Model as Document
from lazulite.model.codec import from_data, to_data
from lazulite.model.files import FileCopy
from lazulite.sdk.exceptions import (
    ModelNotFoundException,
    ModelPathNotFoundException,
    WebserviceException,
    v1_errors,
)

if TYPE_CHECKING:
    from lazulite.model.run import Run
    from lazulite.sdk.data_files import DataFiles
    from lazulite.sdk.workspace import Workspace

_SHOWN = 20
#: Puts a model's files, or its one file, to a path on the default datastore, given with that datastore's name.
Fill = Callable[["DataFiles", str, str], None]


@dataclass(frozen=True)
class InRun:
    """A file or folder of a run's artifacts. `name` is its own, `path` that on the datastore."""

    datastore: str
    path: str
    name: str
    is_directory: bool


def chosen(source: Path, child_paths: Sequence[str] | None) -> list[tuple[Path, str]]:
    """Return each file to take and its path in the model: a file's own name, or names below the folder `source`.

    Raises:
        WebserviceException: a child path does not exist in the folder, or leads out of it, or there is no file.
    """
    if source.is_file():
        return [(source, "")]
    starts = [source] if child_paths is None else [_child(source, child) for child in child_paths]
    files = sorted({file for start in starts for file in ([start] if start.is_file() else start.rglob("*"))})
    pairs = [(file, file.relative_to(source).as_posix()) for file in files if file.is_file()]
    if not pairs:
        raise WebserviceException(f"The model folder {str(source)!r} holds no file.")
    return pairs


def _child(folder: Path, child: str) -> Path:
    place = folder / child
    if not place.exists():
        raise WebserviceException(
            f"The model folder {str(folder)!r} has no {child!r}, which child_paths names."
        )
    if not place.resolve().is_relative_to(folder.resolve()):
        raise WebserviceException(f"{child!r} in child_paths leads out of the model folder {str(folder)!r}.")
    return place


def uploading(files: Sequence[tuple[Path, str]]) -> Fill:
    """What puts files of this machine into a model, each with its path in it."""

    def fill(store: DataFiles, _datastore: str, path: str) -> None:
        store.upload([(file, f"{path}/{name}".rstrip("/")) for file, name in files], overwrite=True)

    return fill


def copying(workspace: Workspace, source: InRun) -> Fill:
    """What puts files of a run into a model, where they are: no byte comes to this machine."""

    def fill(_store: DataFiles, datastore: str, path: str) -> None:
        wanted = FileCopy(source.path, datastore, path, overwrite=True)
        if not workspace._service.copy_files(workspace._id, source.datastore, wanted):  # noqa: SLF001 - the SDK's seam
            raise WebserviceException(f"The model folder {source.path!r} holds no file.")

    return fill


def stored(workspace: Workspace, draft: Asset, file_name: str, fill: Fill) -> Asset:
    """Add `draft` as the next version of its model, with a copy of the files; return it as recorded.

    The number of the version is taken first, archived so that nobody sees it, because the files stand in a folder of
    that number; a copy that fails takes it back.
    """
    service, place = workspace._service, workspace._id  # noqa: SLF001 - the SDK's own seam
    default = workspace.get_default_datastore()
    with v1_errors():
        hidden = service.put_asset(place, replace(draft, archived_at=datetime.now(timezone.utc)))
        path = f"azureml/models/{hidden.name}/{hidden.version}/{file_name}"
        try:
            fill(default._store(), default.name, path)  # noqa: SLF001
        except BaseException:
            service.delete_asset(place, AssetKind.MODEL, hidden.name, hidden.version)
            raise
        document = replace(from_data(Document, hidden.document), datastore=default.name, path=path)
        return service.put_asset(place, replace(hidden, document=to_data(document), archived_at=None))


def in_run(workspace: Workspace, run: Run, path: str) -> InRun:
    """Return where the file or folder `path` of a run's artifacts is.

    Raises:
        ModelPathNotFoundException: the run has no such file or folder; the message names those it has.
    """
    from lazulite.sdk.artifacts import RunFiles, checked_file_name

    files = RunFiles(_store(workspace, run.artifact_datastore), run.artifact_path)
    place = "/".join(part for part in (files.folder, checked_file_name(path)) if part)
    with v1_errors():
        entry = files.store.look_at(place)
    if entry is None:
        names = files.names()
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        known = f"It has: {', '.join(names[:_SHOWN])}{more}." if names else "It has no files."
        raise ModelPathNotFoundException(
            f"Run {run.id} has no file or folder {path!r} to register as a model. {known} "
            "Files in ./outputs belong to the run when its script has ended, uploaded ones at once."
        )
    return InRun(run.artifact_datastore, place, entry.name, entry.is_directory)


def download(workspace: Workspace, model: Document, folder: Path, *, overwrite: bool) -> str:
    """Copy a model's files below `folder`; return the path of the file or folder.

    Raises:
        WebserviceException: the target exists and `overwrite` is False, or the files are gone.
    """
    store = _store(workspace, model.datastore)
    target = folder / Path(model.path).name
    if target.exists() and not overwrite:
        raise WebserviceException(
            f"{str(target)!r} exists already. Choose another target_dir, or pass exist_ok=True."
        )
    parent = model.path.rpartition("/")[0]
    with v1_errors(WebserviceException):
        if store.look_at(model.path) is None:
            raise WebserviceException(
                f"The files of model {model.name!r} are gone: {model.path} on datastore {model.datastore!r}."
            )
        store.download(f"{parent}/", folder, overwrite=True, strip_prefix=True)
    return str(target)


def urls(workspace: Workspace, model: Document) -> dict[str, str]:
    """Return the path of each file in the model to a URL of it."""
    store = _store(workspace, model.datastore)
    parent = model.path.rpartition("/")[0] + "/"
    with v1_errors(WebserviceException):
        return {info.path[len(parent) :]: store.address(info.path) for info in store.list(parent)}


def remove(workspace: Workspace, model: Document) -> None:
    """Delete a model's files; it is no error if they are gone."""
    store = _store(workspace, model.datastore)
    parent = model.path.rpartition("/")[0]
    with v1_errors(WebserviceException):
        if store.look_at(parent) is not None:
            store.remove(parent)


def local_copy(models_dir: str, name: str, version: int | None) -> str:
    """Return the copy of a model that is below the current folder already.

    Raises:
        ModelNotFoundException: there is none.
    """
    folder = Path(models_dir) / name
    versions = sorted(
        int(one.name) for one in folder.glob("*") if one.name.isdecimal() and any(one.iterdir())
    )
    wanted = version if version is not None else (versions[-1] if versions else None)
    if wanted not in versions:
        raise ModelNotFoundException(
            f"Model {name!r}{'' if version is None else f' version {version}'} is not in {str(folder.absolute())!r}, and "
            "this process belongs to no run whose workspace could be asked. Use Model(workspace, name).download(...)."
        )
    return str(next(iter(sorted((folder / str(wanted)).iterdir()))))


def _store(workspace: Workspace, name: str) -> DataFiles:
    from lazulite.sdk.data_files import files_on

    with v1_errors():
        return files_on(workspace._service, workspace._id, name)  # noqa: SLF001
