"""Deleting: what would go, what is marked, what is removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lazulite.records import (
    deleting,
)
from lazulite.records.transactions.base import Base


class Deleting(Base):
    """Deleting: what would go, what is marked, what is removed."""

    def plan_deletion(self, ws_id: str, run_ids: Sequence[str]) -> deleting.Plan:
        """What deleting these runs means: what goes, what others need. `NotFound`, `InvalidRequest` for a part of a run,
        `Conflict` for an active one."""
        with self._database.read() as connection:
            return deleting.plan(connection, ws_id, run_ids)

    def mark_deleted(self, ws_id: str, run_ids: Sequence[str]) -> deleting.Plan:
        """The first step of deleting these runs; errors as `plan_deletion`. Those that nobody needs any more, whoever
        deleted them, go from now on."""
        with self._database.write() as connection:
            return deleting.mark(connection, ws_id, run_ids)

    def doomed(self, ws_id: str, run_ids: Sequence[str] | None = None) -> tuple[deleting.Doomed, ...]:
        """The runs that go and where their bytes are: the given ones, or all that are marked."""
        with self._database.read() as connection:
            return deleting.going(connection, ws_id, run_ids)

    def remove_doomed(self, run_ids: Sequence[str]) -> None:
        """The last step: remove the rows of runs whose bytes are deleted."""
        with self._database.write() as connection:
            deleting.remove(connection, run_ids)

    def top_runs(self, ws_id: str) -> tuple[deleting.TopRun, ...]:
        """What rules for old runs look at: runs that are no part of another, newest first."""
        with self._database.read() as connection:
            return deleting.top_runs(connection, ws_id)

    def tags_of(self, run_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """The names of the tags of runs that have any."""
        with self._database.read() as connection:
            return deleting.tags_of(connection, run_ids)

    def snapshots_in_use(self, ws_id: str, besides: Collection[str] = ()) -> frozenset[str]:
        """The snapshots that runs of a workspace were made from, `besides` some runs."""
        with self._database.read() as connection:
            return deleting.snapshots(connection, ws_id, besides)
