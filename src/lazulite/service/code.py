"""The operations on code: content-addressed files, and the lists of them that are snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from lazulite.model.snapshot import Snapshot
from lazulite.service.base import Base
from lazulite.storage import snapshots
from lazulite.storage.blobs import BlobStore


class Code(Base):
    """Storing and reading blobs and snapshots."""

    def missing_blobs(self, workspace: str, digests: Iterable[str]) -> frozenset[str]:
        return self._blobs(workspace).missing(digests)

    def put_blob(self, workspace: str, digest: str, source: BinaryIO) -> None:
        self._blobs(workspace).put(digest, source)

    def open_blob(self, workspace: str, digest: str) -> BinaryIO:
        return self._blobs(workspace).open(digest)

    def put_snapshot(self, workspace: str, snapshot: Snapshot) -> str:
        return snapshots.save(snapshot, self._blobs(workspace))

    def get_snapshot(self, workspace: str, snapshot_id: str) -> Snapshot:
        return snapshots.load(snapshot_id, self._blobs(workspace))

    def _blobs(self, workspace: str) -> BlobStore:
        # A workspace has its folder from before it is recorded until after it is removed. One look at that, because
        # code may come in thousands of files; the record says in its words what is wrong.
        if not self._home.workspace(workspace).is_dir():
            self._records.workspace(workspace)
        return BlobStore(self._home.blobs(workspace))
