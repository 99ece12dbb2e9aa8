"""Where the bytes of a run are that nobody else writes: what is weighed and deleted with it.

An output counts if its path holds the run's id, as all do whose place was not chosen by hand: a place that several
runs write to may hold what another one wrote last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.model.assets import AssetKind
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.run import RunKind
from lazulite.records.deleting import Doomed
from lazulite.records.records import Records
from lazulite.storage.store import Store

OUTPUTS, ARTIFACTS, CODE = "outputs", "artifacts", "code"


@dataclass(frozen=True)
class Place:
    """A place on a datastore; `kind` is what is there."""

    kind: str
    store: Store
    path: str


class RunBytes:
    """The places of runs of one workspace."""

    def __init__(self, home: Home, records: Records, workspace: str) -> None:
        self._places = Places(home, records, workspace, is_hurried=True)
        self._names = [asset.name for asset in records.assets(workspace, AssetKind.DATASTORE)]
        self._stores: dict[str, Store | None] = {}

    def places(self, run: Doomed) -> Iterator[Place]:
        """Where its bytes are, each place once, whether anything is there or not."""
        found: set[tuple[str, str, str]] = set()
        if run.id in run.artifact_path:
            found.add((ARTIFACTS, run.artifact_datastore, run.artifact_path))
        if run.kind is RunKind.STEP:
            found |= {(OUTPUTS, name, f"azureml/{run.id}") for name in self._names}
        for datastore, path in run.outputs:
            if run.id in path.split("/") and not path.startswith(f"azureml/{run.id}/"):
                found.add((OUTPUTS, datastore, path))
        for kind, name, path in sorted(found):
            store = self._store(name)
            if store is not None:
                yield Place(kind, store, path)

    def _store(self, name: str) -> Store | None:
        """The files of a datastore; None if it is not registered any more, or has no files."""
        if name not in self._stores:
            try:
                self._stores[name] = self._places.store(name)
            except (NotFound, InvalidRequest):
                self._stores[name] = None
        return self._stores[name]
