"""What steps name in their workspace: compute targets and datastores, understood once for as long as nobody changes one.

A step of a chain is launched alone, so every launch looks at the records: one small query tells whether anything in
them is new, which it hardly ever is.
"""

from __future__ import annotations

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.model.assets import AssetKind, ComputeTarget
from lazulite.model.codec import from_data
from lazulite.records.records import Records


class Definitions:
    """The compute targets and datastores of one workspace as they were at the last `refresh`."""

    def __init__(self, home: Home, records: Records, workspace: str) -> None:
        self._home = home
        self._records = records
        self._workspace = workspace
        self._documents: dict[tuple[AssetKind, str], str] = {}
        self._forget()

    def refresh(self) -> None:
        """Look whether a definition was changed, added or removed."""
        documents = self._records.definitions(self._workspace)
        if documents != self._documents:
            self._documents = documents
            self._forget()

    def target(self, name: str) -> ComputeTarget:
        """A compute target (`NotFound` if there is none)."""
        if name not in self._targets:
            asset = self._records.asset(self._workspace, AssetKind.COMPUTE, name)
            self._targets[name] = from_data(ComputeTarget, asset.document)
        return self._targets[name]

    def _forget(self) -> None:
        self.places = Places(self._home, self._records, self._workspace)
        self._targets: dict[str, ComputeTarget] = {}
