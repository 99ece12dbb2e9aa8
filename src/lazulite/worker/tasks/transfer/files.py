"""Files from one datastore to another, several at once, each whole or not at all.

Out of a folder of this machine they are uploaded, which the kernel does by itself where both ends are folders. Out of
anything else they are streamed: no file is ever held in memory, or on a disk in between. Files that are at the
destination are replaced, others there stay. Empty directories are not copied: object stores have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lazulite.model.errors import InvalidRequest, TransferFailed
from lazulite.model.files import FileInfo
from lazulite.storage.folders import FolderStore
from lazulite.storage.meter import TransferProgress
from lazulite.storage.store import Store
from lazulite.worker.tasks.transfer.kinds import DIRECTORY, FILE, Spot
from lazulite.worker.tasks.transfer.streams import stream_all

Listener = Callable[[TransferProgress], None]


@dataclass(frozen=True)
class Copied:
    """How much was copied."""

    files: int
    bytes: int


@dataclass(frozen=True)
class FileCopy:
    """One file to copy, and the path on the destination's datastore."""

    info: FileInfo
    target: str


def copy_files(source: Spot, destination: Spot, kind: str, target_kind: str, listener: Listener) -> Copied:
    """Copy a file, or all files of a directory with their tree.

    Args:
        source: What is copied.
        destination: Where to.
        kind: "file" or "directory", of the source.
        target_kind: The destination's: a file goes to that name, or into that directory under its own name.
        listener: Told how far it is.

    Raises:
        InvalidRequest: source and destination are one place, or one is inside the other.
        StorageFull: the disk is full; what is complete stays.
        TransferFailed: files that were not copied, each with its reason; the others were.
        StorageError: a datastore cannot be reached.
    """
    destination.store.require()
    copies, refused = _copies(source, destination, kind, target_kind)
    _refuse_itself(source, destination, kind, copies)
    if not copies and destination.store.root is not None:
        destination.store.root.joinpath(destination.path).mkdir(parents=True, exist_ok=True)
    if isinstance(source.store, FolderStore):
        copied = _upload(source.store, destination.store, copies, listener)
    else:
        copied = stream_all(
            source.store, destination.store, [(one.info, one.target) for one in copies], listener
        )
    if refused:
        reason = "a symbolic link that leads out of the datastore, or nowhere"
        raise TransferFailed(
            f"{len(refused)} of {len(copies) + len(refused)} files were not copied to {destination.store.title}:",
            dict.fromkeys(refused, reason),
        )
    return Copied(len(copies), copied)


def _copies(
    source: Spot, destination: Spot, kind: str, target_kind: str
) -> tuple[list[FileCopy], tuple[str, ...]]:
    """The files to copy, and the links among them that cannot be followed."""
    if kind == FILE:
        name = source.path.rpartition("/")[2]
        target = _below(destination.path, name) if target_kind == DIRECTORY else destination.path
        return [FileCopy(source.store.list_files(source.path, limit=1)[0], target)], ()
    prefix = f"{source.path}/" if source.path else ""
    refused: tuple[str, ...] = ()
    if isinstance(source.store, FolderStore):
        listing = source.store.listing(prefix)
        found, refused = listing.files, listing.refused
    else:
        found = source.store.list_files(prefix)
    return [FileCopy(info, _below(destination.path, info.path[len(prefix) :])) for info in found], refused


def _below(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _refuse_itself(source: Spot, destination: Spot, kind: str, copies: list[FileCopy]) -> None:
    here, there = _address(source), _address(destination)
    if here == there or any(_address(source) == destination.store.uri(one.target) for one in copies):
        raise InvalidRequest(
            f"Source and destination are the same place: {source}. Give another destination."
        )
    if kind == DIRECTORY and there.startswith(here.rstrip("/") + "/"):
        raise InvalidRequest(
            f"The destination, {destination}, is inside the source, {source}: each run would copy the copies of the "
            "last. Give a destination outside of it."
        )


def _address(spot: Spot) -> str:
    return spot.store.uri(spot.path).rstrip("/")


def _upload(source: FolderStore, destination: Store, copies: list[FileCopy], listener: Listener) -> int:
    pairs = [(Path(source.root, one.info.path), one.target) for one in copies]
    return destination.upload(pairs, overwrite=True, progress=listener).bytes
