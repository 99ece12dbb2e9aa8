"""What the jobs of one node share: its slot, its warm interpreters, and manifests of snapshots read before.

Nothing of a job is in it: a job leaves no trace in the next one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lazulite.model.snapshot import Snapshot
from lazulite.storage.blobs import BlobStore
from lazulite.storage.snapshots import load
from lazulite.worker.variables import inheritable

if TYPE_CHECKING:
    from lazulite.worker.warm import WarmInterpreters

_MOST_FILES = 20_000  # of all manifests kept


@dataclass
class Shared:
    """`slot`: which of this machine's nodes it is, from 0. Without `warm` each script gets a fresh process."""

    slot: int = 0
    warm: WarmInterpreters | None = None
    #: The variables that the node was started with, of which every script gets a copy.
    variables: Mapping[str, str] = field(default_factory=inheritable)
    _snapshots: OrderedDict[tuple[str, str], Snapshot] = field(default_factory=OrderedDict)

    def snapshot(self, identity: str, blobs: BlobStore) -> Snapshot:
        """Return the manifest of a snapshot, which never changes.

        Raises:
            NotFound, Corrupt: it is not there, or damaged.
        """
        key = (str(blobs.folder), identity)
        if key not in self._snapshots:
            self._snapshots[key] = load(identity, blobs)
            while len(self._snapshots) > 1 and self._files() > _MOST_FILES:
                self._snapshots.popitem(last=False)
        self._snapshots.move_to_end(key)
        return self._snapshots[key]

    def helpers(self) -> frozenset[int]:
        """Processes of the node that belong to no job."""
        return self.warm.pids() if self.warm is not None else frozenset()

    def _files(self) -> int:
        return sum(len(kept.files) for kept in self._snapshots.values())
