"""The compute backends in use, and keeping their nodes in line with the definitions in the records."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from lazulite.compute.base import Compute, Report
from lazulite.compute.registry import backend
from lazulite.engine.layout import Home
from lazulite.model.assets import Asset, AssetKind, ComputeTarget
from lazulite.model.codec import from_data
from lazulite.records.records import Records


class Backends:
    """Backends by name, constructed when the first target needs one."""

    def __init__(
        self, home: Home, records: Records, log: Callable[[str], None], report: Callable[[Report], None]
    ) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._report = report
        self._open: dict[str, Compute] = {}
        self._known: dict[tuple[str, str], Asset] = {}

    def of(self, target: ComputeTarget) -> Compute:
        """The backend that runs the target's jobs."""
        if target.backend not in self._open:
            self._open[target.backend] = backend(target.backend)(self._home.root, self._report)
        return self._open[target.backend]

    def reconcile(self) -> None:
        """Tell backends of targets that are new, changed or gone. Cheap when nothing is."""
        current: dict[tuple[str, str], Asset] = {
            (workspace, asset.name): asset
            for workspace, asset in self._records.assets_everywhere(AssetKind.COMPUTE)
        }
        for place, asset in current.items():
            if place not in self._known or self._known[place].document != asset.document:
                try:
                    self._resize(place[0], from_data(ComputeTarget, asset.document))
                except Exception:  # noqa: BLE001 - one target's trouble is no other's; its steps will say it
                    self._log(f"compute {asset.name} could not be brought in line:\n{traceback.format_exc()}")
        for workspace, name in set(self._known) - set(current):
            for opened in self._open.values():
                opened.remove(workspace, name)
        self._known = current

    def _resize(self, workspace: str, target: ComputeTarget) -> None:
        if target.min_nodes or target.backend in self._open:
            self.of(target).resize(workspace, target)

    def close(self, *, stop_nodes: bool) -> None:
        """The engine ends; jobs in flight go on."""
        for opened in self._open.values():
            opened.close(stop_nodes=stop_nodes)
