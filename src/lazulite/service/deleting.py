"""The operations that delete runs: given ones, all of an experiment, those that are old."""

from __future__ import annotations

import contextlib

from lazulite.engine import housekeeping
from lazulite.engine.deleting import Deleting
from lazulite.model.assets import AssetKind
from lazulite.model.deletion import Deletion
from lazulite.model.errors import NotFound
from lazulite.model.run import RunQuery
from lazulite.service.base import Base


class Deletions(Base):
    """Deleting runs with all that is theirs, or saying what that would free."""

    def delete_runs(self, workspace: str, run_ids: tuple[str, ...], *, dry_run: bool = False) -> Deletion:
        deleting = Deleting(self._home, self._records, workspace)
        return deleting.look(run_ids) if dry_run else deleting.delete(run_ids)

    def delete_experiment(self, workspace: str, name: str, *, dry_run: bool = False) -> Deletion:
        runs = self._records.runs(workspace, RunQuery(experiment=name, top_level=True))
        if not runs:
            self._records.asset(workspace, AssetKind.EXPERIMENT, name)  # or it does not exist at all
        deletion = self.delete_runs(workspace, tuple(run.id for run in runs), dry_run=dry_run)
        if not dry_run and not self._records.runs(workspace, RunQuery(experiment=name, limit=1)):
            with contextlib.suppress(NotFound):
                self._records.remove_asset(workspace, AssetKind.EXPERIMENT, name)
        return deletion

    def apply_retention(self, workspace: str, *, dry_run: bool = False) -> Deletion:
        record = self._records.workspace(workspace)
        return housekeeping.apply(self._home, self._records, record, dry_run=dry_run)
