"""Runs, as people and programs ask for them."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.model.run import Run, RunPatch, RunQuery, StepCounts, Submission
from lazulite.records import (
    cancelling,
    counting,
    patching,
    run_rows,
    runs,
)
from lazulite.records.transactions.base import Base


class Runs(Base):
    """Runs, as people and programs ask for them."""

    def add_pipeline_run(self, run: Run, steps: Sequence[Run], submission: Submission) -> Run:
        """Record a pipeline run, its step runs in plan order, its submission and the event SUBMITTED, all or nothing.

        Returns the run with its number. `NotFound` without its workspace or parent, `Conflict` if an id is taken.
        """
        with self._database.write() as connection:
            return runs.add_pipeline_run(connection, run, steps, submission)

    def add_run(self, run: Run) -> Run:
        """Record a run that no engine drives; returns it with its number (of a child: as given) and root."""
        with self._database.write() as connection:
            return runs.add(connection, run)

    def run(self, ws_id: str, run_id: str) -> Run:
        """One run, or `NotFound`."""
        with self._database.read() as connection:
            return run_rows.get(connection, ws_id, run_id)

    def require_run(self, ws_id: str, run_id: str) -> None:
        """`NotFound` if the workspace does not have the run."""
        with self._database.read() as connection:
            run_rows.require(connection, ws_id, run_id)

    def runs(self, ws_id: str, query: RunQuery) -> tuple[Run, ...]:
        """The runs that match, in the order asked for."""
        with self._database.read() as connection:
            return runs.find(connection, ws_id, query)

    def count_runs(self, ws_id: str, query: RunQuery) -> dict[str, int]:
        """By status, how many runs match, whatever page is asked for."""
        with self._database.read() as connection:
            return counting.by_status(connection, ws_id, query)

    def count_steps(self, ws_id: str, run_ids: Sequence[str]) -> dict[str, StepCounts]:
        """How far each of these pipeline runs is; those of other workspaces are left out."""
        with self._database.read() as connection:
            return counting.steps(connection, ws_id, run_ids)

    def patch_run(self, ws_id: str, run_id: str, patch: RunPatch) -> Run:
        """Change what a run's owner may change, all or nothing; `Conflict` names what may not."""
        with self._database.write() as connection:
            return patching.patch(connection, ws_id, run_id, patch)

    def submission(self, ws_id: str, run_id: str) -> Submission:
        """What a pipeline run was started with; `NotFound` also for a run that is none."""
        with self._database.read() as connection:
            return runs.submission(connection, ws_id, run_id)

    def request_cancel(self, ws_id: str, run_id: str) -> None:
        """Ask for the end of a run: event and status CANCEL_REQUESTED, unless it has ended or was asked before.
        An interactive run, which nobody drives, is Canceled at once."""
        with self._database.write() as connection:
            cancelling.request(connection, ws_id, run_id)
