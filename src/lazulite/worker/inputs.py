"""Where the script finds its inputs: in place, or copied before it starts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lazulite.api.home_secrets import credentials
from lazulite.model.databases import is_database
from lazulite.model.errors import PathEscapes
from lazulite.model.job import Job, JobInput, JobOutput
from lazulite.storage.datastores import open_folder, open_store
from lazulite.storage.folders import FolderStore
from lazulite.storage.store import Store
from lazulite.worker.folder import JobFolder

Say = Callable[[str], None]
#: The mode of data that are not brought to the job: it is told their address.
DIRECT = "direct"


def where(item: JobInput | JobOutput) -> str:
    """Return how lines of the log call the place of an input or output."""
    return f"datastore {item.datastore!r}, path {item.path!r}"


def is_direct(job: Job, item: JobInput | JobOutput) -> bool:
    """Whether nothing is brought: the step wants the address only, or the data are in a database."""
    return item.mode == DIRECT or is_database(job.datastores[item.datastore])


def store_of(job: Job, datastore: str) -> FolderStore:
    """Return the store of a datastore that the job names."""
    return open_folder(job.datastores[datastore])


def any_store_of(job: Job, datastore: str) -> Store:
    """Return the store of a datastore that the job names, wherever its files are."""
    return open_store(job.datastores[datastore], partial(credentials, job.home))


def is_folder(job: Job, datastore: str) -> bool:
    """Whether a datastore that the job names is a folder of this machine."""
    return job.datastores[datastore].type == "folder"


def place_inputs(job: Job, folder: JobFolder, say: Say) -> dict[str, Path]:
    """Bring every input to where the script will look for it; return the local path of each.

    An input whose path does not exist is no error: the script receives the path, and a note says so.
    """
    return {item.name: _place(job, item, folder, say) for item in job.inputs if not is_direct(job, item)}


def addresses(job: Job) -> dict[str, str]:
    """Return the address of each input and output of which nothing is brought."""
    declared: tuple[JobInput | JobOutput, ...] = (*job.inputs, *job.outputs)
    return {item.name: _address(job, item) for item in declared if is_direct(job, item)}


def _address(job: Job, item: JobInput | JobOutput) -> str:
    if is_database(job.datastores[item.datastore]):
        return f"sql:{item.datastore}/{item.path}"
    return any_store_of(job, item.datastore).uri(item.path)


def path_on_compute(given: str, work: Path) -> Path:
    """Return the place a user chose on the compute: absolute as it is, else below the working directory.

    Raises:
        PathEscapes: a relative one leaves the working directory.
    """
    path = (work / given).absolute()
    if not Path(given).is_absolute():
        inside = Path(*_normal(given))
        if inside.parts[:1] == ("..",):
            raise PathEscapes(f"path_on_compute {given!r} leaves the script's working directory.")
        path = work / inside
    return path


def _normal(given: str) -> tuple[str, ...]:
    parts: list[str] = []
    for part in Path(given).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return tuple(parts)


def _place(job: Job, item: JobInput, folder: JobFolder, say: Say) -> Path:
    store = any_store_of(job, item.datastore)
    if not isinstance(store, FolderStore):
        return _bring(job, item, store, folder, say)
    store.require()  # a disk that is not mounted must not look like data that do not exist
    source = store.resolve(item.path)
    if item.mode == "upload":
        return _to_upload(item, folder, say)
    if item.mode == "download":
        return _download(store, item, folder, source, say)
    if not source.exists():
        say(
            f"Input {item.name!r}: {where(item)} does not exist; the script receives the path {source} as it is."
        )
        return source
    if item.path_on_compute and not Path(item.path_on_compute).is_absolute():
        return _link(path_on_compute(item.path_on_compute, folder.work), source, item.name, say)
    say(f"Input {item.name!r}: {where(item)}, used in place ({source}).")
    return source


def _bring(job: Job, item: JobInput, store: Store, folder: JobFolder, say: Say) -> Path:
    """As `_place`, of a datastore elsewhere."""
    if item.mode == "upload":
        return _to_upload(item, folder, say)
    from lazulite.worker.far_inputs import bring

    given = item.path_on_compute
    if given and (item.mode == "download" or not Path(given).is_absolute()):
        return bring(job, item, store, folder, path_on_compute(given, folder.work), say)
    return bring(job, item, store, folder, None, say)


def _to_upload(item: JobInput, folder: JobFolder, say: Say) -> Path:
    target = _chosen(item, folder, folder.outputs / item.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    say(f"Input {item.name!r}: {target} will be copied to {where(item)} after success.")
    return target


def _chosen(item: JobInput, folder: JobFolder, otherwise: Path) -> Path:
    return path_on_compute(item.path_on_compute, folder.work) if item.path_on_compute else otherwise


def _download(store: FolderStore, item: JobInput, folder: JobFolder, source: Path, say: Say) -> Path:
    from lazulite.storage.transfer import download

    target = _chosen(item, folder, folder.inputs / item.name / (source.name if source.is_file() else ""))
    if source.is_dir():
        prefix = f"{item.path.strip('/')}/".lstrip("/")  # with the slash, or "data" would bring "data2" too
        target.mkdir(parents=True, exist_ok=True)
        result = download(store, prefix, target, overwrite=item.overwrite, strip_prefix=True)
        say(
            f"Input {item.name!r}: {result.copied} files copied to {target}, {result.skipped} were there already."
        )
    elif source.is_file():
        if target.is_dir() or (item.path_on_compute or "").endswith("/"):
            target /= source.name
        if target.exists() and not item.overwrite:
            say(f"Input {item.name!r}: {target} exists already and is kept (overwrite is False).")
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        say(f"Input {item.name!r}: copied to {target}.")
    else:
        say(
            f"Input {item.name!r}: {where(item)} does not exist; "
            f"nothing is copied to {target}, the path that the script receives."
        )
    return target


def _link(target: Path, source: Path, name: str, say: Say) -> Path:
    if target.exists() or target.is_symlink():
        say(
            f"Input {name!r}: the snapshot has {target.name!r} already; the data are used in place ({source})."
        )
        return source
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(source)
    say(f"Input {name!r}: {target} shows {source}.")
    return target
