"""Copies of the code of runs, on the datastore where these keep their artifacts.

Jobs are staged from the blobs of this machine; the copies bring back what is missing here. A mark in the cache folder
says which snapshots were copied; where it is gone, they are copied again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.model.errors import LazuliteError, NotFound
from lazulite.records.records import Records
from lazulite.storage import snapshot_copies
from lazulite.storage.blobs import BlobStore
from lazulite.storage.store import Store


def send_once(home: Home, workspace: str, snapshot: str, store: Store) -> None:
    """Copy a snapshot to a datastore elsewhere, if that was not done before."""
    if store.root is not None:
        return
    there = hashlib.sha256(store.uri("").encode()).hexdigest()[:16]
    mark = _marks(home, workspace) / there / snapshot
    if not mark.exists():
        snapshot_copies.send(snapshot, BlobStore(home.blobs(workspace)), store)
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch()


def forget_marks(home: Home, workspace: str, digests: Collection[str]) -> None:
    """These blobs are to be copied again when a snapshot needs them."""
    for mark in _marks(home, workspace).glob("*/*"):
        if mark.name in digests:
            mark.unlink(missing_ok=True)


def _marks(home: Home, workspace: str) -> Path:
    return home.cache / "snapshots" / workspace


def bring_back(home: Home, records: Records, workspace: str, snapshots: frozenset[str]) -> frozenset[str]:
    """Fetch blobs of snapshots that are missing here from the workspace's default datastore; return those still missing."""
    try:
        store = default_store(home, records, workspace)
    except LazuliteError:
        return snapshots
    if store.root is not None:
        return snapshots
    blobs = BlobStore(home.blobs(workspace))
    for snapshot in sorted(snapshots):
        try:
            snapshot_copies.fetch(snapshot, blobs, store)
        except NotFound:
            continue
    return blobs.missing(snapshots)


def default_store(home: Home, records: Records, workspace: str) -> Store:
    """The files of a workspace's default datastore."""
    return Places(home, records, workspace, is_hurried=True).store(
        records.workspace(workspace).default_datastore
    )
