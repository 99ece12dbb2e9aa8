"""The compute backends in use, and keeping their nodes in line with the definitions in the records."""

from __future__ import annotations

from collections.abc import Callable

from lazulite.compute.base import Compute, Report
from lazulite.compute.registry import backend
from lazulite.engine.layout import Home
from lazulite.model.assets import AssetKind, ComputeTarget
from lazulite.model.codec import from_data
from lazulite.records.records import Records


class Backends:
    """Backends by name, constructed when the first target needs one."""

    def __init__(self, home: Home, records: Records, report: Callable[[Report], None]) -> None:
        self._home = home
        self._records = records
        self._report = report
        self._open: dict[str, Compute] = {}
        self._known: dict[tuple[str, str], ComputeTarget] = {}

    def of(self, target: ComputeTarget) -> Compute:
        """The backend that runs the target's jobs."""
        if target.backend not in self._open:
            self._open[target.backend] = backend(target.backend)(self._home.root, self._report)
        return self._open[target.backend]

    def reconcile(self) -> None:
        """Tell backends of targets that are new, changed or gone. Cheap when nothing is."""
        current = {
            (workspace.id, asset.name): from_data(ComputeTarget, asset.document)
            for workspace in self._records.workspaces()
            for asset in self._records.assets(workspace.id, AssetKind.COMPUTE)
        }
        for (workspace, name), target in current.items():
            if self._known.get((workspace, name)) != target and (
                target.min_nodes or target.backend in self._open
            ):
                self.of(target).resize(workspace, target)
        for workspace, name in set(self._known) - set(current):
            target = self._known[workspace, name]
            if target.backend in self._open:
                self._open[target.backend].remove(workspace, name)
        self._known = current

    def close(self, *, stop_nodes: bool) -> None:
        """The engine ends; jobs in flight go on."""
        for opened in self._open.values():
            opened.close(stop_nodes=stop_nodes)
