"""Copies of snapshots on the datastore where their runs keep everything else: `azureml/snapshots/ab/abcdef…`.

The blobs on this machine are what jobs are staged from; the copies bring back what is missing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from lazulite.model.errors import NotFound
from lazulite.model.snapshot import from_manifest
from lazulite.storage import snapshots
from lazulite.storage.blobs import BlobStore
from lazulite.storage.parallel import each
from lazulite.storage.store import Store

FOLDER = "azureml/snapshots"


def place(digest: str) -> str:
    """The path of a blob's copy."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


def send(snapshot_id: str, blobs: BlobStore, store: Store) -> None:
    """Copy a snapshot to a datastore; what is there stays.

    Raises:
        NotFound: it is not held here.
        StorageError: the datastore cannot be written.
    """
    digests = {file.digest for file in snapshots.load(snapshot_id, blobs).files}
    store.upload([(blobs.path(digest), place(digest)) for digest in sorted(digests)])
    store.upload([(blobs.path(snapshot_id), place(snapshot_id))])  # last: a list whose files are there


def fetch(snapshot_id: str, blobs: BlobStore, store: Store) -> None:
    """Bring back what is missing of a snapshot.

    Raises:
        NotFound: the datastore has no copy of it.
        StorageError: the datastore cannot be read, or the blobs not be written.
    """
    if blobs.missing([snapshot_id]):
        _fetch(snapshot_id, blobs, store)
    with blobs.open(snapshot_id) as file:
        listed = from_manifest(file.read(), lambda _: 0).files
    each(blobs.missing(file.digest for file in listed), lambda digest: _fetch(digest, blobs, store))


def remove(digests: Iterable[str], store: Store) -> None:
    """Delete the copies of blobs; those that are not there are no error.

    Raises:
        StorageError: the datastore cannot be written.
    """

    def discard(digest: str) -> None:
        with suppress(NotFound):
            store.remove(place(digest))

    each(list(digests), discard)


def _fetch(digest: str, blobs: BlobStore, store: Store) -> None:
    with store.open_file(place(digest)) as source:
        blobs.put(digest, source)
