"""Where the script writes its outputs, and what becomes of them when it has ended.

An output's folder exists before the script starts (only its parent, if it is declared a file). After success each
declared output must have been written; a folder that we made and the script left empty does not count as written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lazulite.model.databases import is_database
from lazulite.model.errors import LazuliteError
from lazulite.model.job import Job, JobInput, JobOutput
from lazulite.model.run import OutputRecord
from lazulite.storage.folders import FolderStore
from lazulite.worker.folder import JobFolder
from lazulite.worker.inputs import any_store_of, is_direct, is_folder, path_on_compute, store_of, where
from lazulite.worker.own_files import files_of

if TYPE_CHECKING:
    from lazulite.storage.copying import TransferResult
    from lazulite.storage.versions import Version

Say = Callable[[str], None]


class OutputMissing(LazuliteError):
    """The script ended well, and a declared output is not there."""

    code = "OutputMissing"


@dataclass(frozen=True)
class OutputPlace:
    """One output: the path the script receives, and whether its folder was made for the script."""

    declared: JobOutput
    path: Path
    made: bool


def place_outputs(job: Job, folder: JobFolder, say: Say) -> dict[str, OutputPlace]:
    """Make room for every output; return where each is to be written."""
    places = {}
    for item in job.outputs:
        if is_direct(job, item):
            continue
        path = _path(job, item, folder, say)
        made = item.is_directory is not False and not path.exists()
        (path if made else path.parent).mkdir(parents=True, exist_ok=True)
        places[item.name] = OutputPlace(item, path, made)
        say(f"Output {item.name!r}: {where(item)}, to be written at {path}.")
    return places


def publish(
    job: Job, places: Mapping[str, OutputPlace], inputs: Mapping[str, Path], say: Say
) -> frozenset[str]:
    """Check that every output was written, then copy those of mode upload (and inputs of that mode) to their store.

    Returns:
        The outputs that stand on their store just as the script wrote them: nothing that was there already was kept.

    Raises:
        OutputMissing: one was not written; nothing is copied then.
        StorageError: a copy failed.
    """
    for place in places.values():
        _check_written(job, place)
    whole = set()
    for name, place in places.items():
        is_sent = place.declared.mode == "upload" or not is_folder(job, place.declared.datastore)
        if is_sent and _upload(job, place.declared, place.path, say):
            whole.add(name)
    for item in job.inputs:
        if item.mode == "upload":
            if not inputs[item.name].exists():
                raise OutputMissing(
                    f"{job.step_name} ended, but left nothing at {inputs[item.name]}, from where the data of "
                    f"{item.name!r} (mode upload) are to be copied to {where(item)}."
                )
            _upload(job, item, inputs[item.name], say)
    return frozenset(whole)


def records(
    job: Job, places: Mapping[str, OutputPlace], whole: frozenset[str], say: Say
) -> tuple[OutputRecord, ...]:
    """Return what stands in the datastores for every declared output; `whole` is what `publish` returned."""
    found = []
    for item in job.outputs:
        sent = places[item.name].path if item.name in whole else None
        version = _version(job, item, sent, say)
        found.append(
            OutputRecord(
                name=item.name,
                datastore=item.datastore,
                path=item.path,
                content=version.content,
                stat=version.stat,
                files=version.files,
                bytes=version.bytes,
                is_directory=version.is_directory,
            )
        )
    return tuple(found)


def _version(job: Job, item: JobOutput, sent: Path | None, say: Say) -> Version:
    """What stands for an output; `sent` is where all of it was sent from, if it was."""
    if is_folder(job, item.datastore):
        return store_of(job, item.datastore).version(item.path)
    if is_database(job.datastores[item.datastore]):
        from lazulite.storage.versions import Version

        # Rows are not looked at: whoever reads what this run wrote runs again when another run wrote.
        content = f"sql:{item.datastore}/{item.path}/{job.run_id}"
        return Version(content, content, 0, 0, is_directory=False)
    from lazulite.worker import far_outputs

    store, digests = any_store_of(job, item.datastore), Path(job.home) / "cache"
    if sent is None:  # the script itself wrote it there, or not all of it was sent
        return far_outputs.version_there(item, store, digests, say)
    return far_outputs.sent_version(item, store, sent, digests, say)


def hint(text: str, places: Mapping[str, OutputPlace]) -> str:
    """Return advice if the script's error is about an output's folder that was there before it; else nothing."""
    for name, place in places.items():
        if place.declared.is_directory is not False and str(place.path) in text:
            if "IsADirectoryError" in text:
                return (
                    f" The output {name!r} is a folder. To write a file at exactly that path, "
                    f"declare it: PipelineData({name!r}, is_directory=False)."
                )
            if "FileExistsError" in text:
                return (
                    f" The folder of the output {name!r} exists before the script starts: "
                    "use os.makedirs(path, exist_ok=True)."
                )
    return ""


def _path(job: Job, item: JobOutput, folder: JobFolder, say: Say) -> Path:
    store = any_store_of(job, item.datastore)
    if not isinstance(store, FolderStore):
        from lazulite.worker import far_outputs

        far_outputs.clear(job, item, store, say)
        return _own_path(item, folder)
    store.require()
    stored = store.resolve(item.path)
    # Only below this run's own folder: a path the user fixed may hold the data of others.
    if job.attempt > 1 and job.run_id in PurePosixPath(item.path).parts and stored.exists():
        say(f"Output {item.name!r}: what an earlier try left at {stored} is removed.")
        _remove(stored)
    return _own_path(item, folder) if item.mode == "upload" else stored


def _own_path(item: JobOutput, folder: JobFolder) -> Path:
    """Where the script writes what is sent to its datastore afterwards."""
    if item.mode == "upload" and item.path_on_compute:
        return path_on_compute(item.path_on_compute, folder.work)
    return folder.outputs / item.name


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _check_written(job: Job, place: OutputPlace) -> None:
    path, name = place.path, place.declared.name
    if path.is_file() or (path.is_dir() and not (place.made and _is_empty(path))):
        return
    what = "left empty" if path.is_dir() else "did not write"
    raise OutputMissing(
        f"{job.step_name} ended well but {what} its output {name!r} at {path}. Steps that use it would fail. "
        f"Let the script write there (it receives the path as an argument or as "
        f"$AZUREML_DATAREFERENCE_{name}), or remove {name!r} from the step's outputs."
    )


def _is_empty(path: Path) -> bool:
    with os.scandir(path) as entries:
        return next(entries, None) is None


def _upload(job: Job, item: JobInput | JobOutput, source: Path, say: Say) -> bool:
    """Copy the item to its store; return whether none of its files was there already and kept."""
    store = any_store_of(job, item.datastore)
    if not isinstance(store, FolderStore):
        from lazulite.worker import far_outputs

        return far_outputs.send(item, store, source, say, overwrite=item.overwrite or item.mode != "upload")
    result = copy_into(store, source, item.path, overwrite=item.overwrite)
    say(f"{item.name!r}: {result.copied} files copied from {source} to {where(item)}.")
    return not result.skipped


def copy_into(store: FolderStore, source: Path, path: str, *, overwrite: bool) -> TransferResult:
    """Copy a file, or all files of a folder, to `path` in a store; return how many were copied, and were there."""
    from lazulite.storage.transfer import upload

    pairs = [(file, f"{path}/{inner}".strip("/") if inner else path) for file, inner in files_of(source)]
    if source.is_dir():
        store.resolve(path).mkdir(parents=True, exist_ok=True)
    return upload(store, pairs, overwrite=overwrite)
