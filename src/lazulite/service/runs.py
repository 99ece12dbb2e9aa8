"""The operations on runs, their events, decisions, outputs and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lazulite.engine import process
from lazulite.engine.forecasting import forecast
from lazulite.engine.reuse import Reuse
from lazulite.engine.submitting import recording, submissions
from lazulite.model import ids
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.events import Event
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Metric, OutputRecord, Run, RunKind, RunPatch, RunQuery, StepCounts, Submission
from lazulite.service.base import Base
from lazulite.service.handover import hand_over
from lazulite.service.waiting import wait_for_events


class Runs(Base):
    """Submitting, finding, changing and following runs."""

    def submit(self, workspace: str, submission: Submission) -> Run:
        return hand_over(self._home, self._records, workspace, submission)

    def forecast(self, workspace: str, submission: Submission) -> Mapping[str, ReuseDecision]:
        work = recording.checked(self._home, self._records, workspace, submission)
        return forecast(Reuse(self._home, self._records, workspace, is_hurried=True), work.submission)

    def create_run(self, workspace: str, run: Run) -> Run:
        record = self._records.workspace(workspace)
        if run.kind is not RunKind.INTERACTIVE:
            raise InvalidRequest("Only interactive runs are created directly; pipeline runs are submitted.")
        ids.checked("experiment", run.experiment)
        parent = self._records.run(workspace, run.parent_id) if run.parent_id else None
        wanted = submissions.interactive_run(record, run, parent)
        recording.ensure_experiment(self._records, workspace, run.experiment)
        try:
            stored = self._records.add_run(wanted)
        except Conflict:
            return self._created(wanted)
        recording.make_room(self._home, self._records, stored)
        return stored

    def _created(self, wanted: Run) -> Run:
        """The run of an earlier try of the same call; `Conflict` if it is another one."""
        try:
            found = self._records.run(wanted.workspace, wanted.id)
        except NotFound:
            found = None
        facts = ("kind", "experiment", "parent_id", "created_at", "name")
        if found is None or any(getattr(found, name) != getattr(wanted, name) for name in facts):
            raise Conflict(
                f"Another run has the id {wanted.id!r}. Choose another, or none.", run_id=wanted.id
            )
        return found

    def get_run(self, workspace: str, run_id: str) -> Run:
        return self._records.run(workspace, run_id)

    def list_runs(self, workspace: str, query: RunQuery) -> tuple[Run, ...]:
        found = self._records.runs(workspace, query)
        if not found:
            self._records.workspace(workspace)
        return found

    def count_runs(self, workspace: str, query: RunQuery) -> Mapping[str, int]:
        self._records.workspace(workspace)
        return self._records.count_runs(workspace, query)

    def count_steps(self, workspace: str, run_ids: Sequence[str]) -> Mapping[str, StepCounts]:
        return self._records.count_steps(workspace, run_ids)

    def update_run(self, workspace: str, run_id: str, patch: RunPatch) -> Run:
        return self._records.patch_run(workspace, run_id, patch)

    def cancel_run(self, workspace: str, run_id: str) -> None:
        self._records.request_cancel(workspace, run_id)
        if self._records.active_pipeline_runs():
            process.ensure(self._home)

    def get_submission(self, workspace: str, run_id: str) -> Submission:
        return self._records.submission(workspace, run_id)

    def get_decision(self, workspace: str, run_id: str) -> ReuseDecision | None:
        return self._records.decision(workspace, run_id)

    def get_outputs(self, workspace: str, run_id: str) -> tuple[OutputRecord, ...]:
        return self._records.outputs(workspace, run_id)

    def get_events(
        self,
        workspace: str,
        run_id: str,
        after: int = 0,
        wait_seconds: float = 0.0,
        about: str | None = None,
    ) -> tuple[Event, ...]:
        self._records.require_run(workspace, run_id)
        return wait_for_events(self._home, self._records, workspace, run_id, after, wait_seconds, about)

    # --- metrics ---

    def add_metrics(self, workspace: str, run_id: str, metrics: Sequence[Metric]) -> None:
        self._records.run(workspace, run_id)
        self._records.add_metrics(run_id, metrics)

    def get_metrics(self, workspace: str, run_id: str, name: str | None = None) -> tuple[Metric, ...]:
        self._records.run(workspace, run_id)
        return self._records.metrics(run_id, name)

    def latest_metrics(self, workspace: str, run_ids: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        return self._records.latest_metrics(workspace, run_ids)
