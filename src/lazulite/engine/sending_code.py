"""Copies the code of runs to the datastore where these keep their artifacts.

The blobs of this machine stay, so nothing waits for it. A mark in the cache folder says which snapshots are there; marks
may go, then they are looked at again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.model.errors import LazuliteError, NotFound
from lazulite.records.records import Records
from lazulite.storage import snapshot_copies
from lazulite.storage.blobs import BlobStore
from lazulite.storage.store import Store


class SendingCode:
    """What is to be copied yet. `need` may be called from any thread."""

    def __init__(self, home: Home, records: Records) -> None:
        self._home = home
        self._records = records
        self._lock = threading.Lock()
        self._needed: set[tuple[str, str]] = set()

    @property
    def is_needed(self) -> bool:
        """Whether something is to be copied yet."""
        return bool(self._needed)

    def need(self, workspace: str, snapshots: frozenset[str]) -> None:
        """These snapshots of a workspace are to be copied to its default datastore."""
        with self._lock:
            self._needed |= {(workspace, one) for one in snapshots}

    def send(self) -> bool:
        """Copy what is needed; whether that is all done.

        Raises:
            StorageError: a datastore cannot be written: the next time.
        """
        with self._lock:
            needed = sorted(self._needed)
        stores: dict[str, Store] = {}
        for workspace, snapshot in needed:
            if workspace not in stores:
                stores[workspace] = default_store(self._home, self._records, workspace)
            with suppress(NotFound):  # the code was deleted meanwhile
                send_once(self._home, workspace, snapshot, stores[workspace])
            with self._lock:
                self._needed.discard((workspace, snapshot))
        return not self._needed


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
