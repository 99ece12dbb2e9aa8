"""What an engine asks for and records. No workspace is named, because an engine serves all of them."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.model.events import Event
from lazulite.model.run import Run, RunError
from lazulite.records import (
    cancelling,
    events,
    recording,
    runs,
)
from lazulite.records.changes import Change
from lazulite.records.run_rows import StepState
from lazulite.records.transactions.base import Base


class Progress(Base):
    """What an engine asks for and records. No workspace is named, because an engine serves all of them."""

    def active_pipeline_runs(self) -> tuple[Run, ...]:
        """Pipeline runs that have not ended, oldest first."""
        with self._database.read() as connection:
            return runs.active_pipeline_runs(connection)

    def steps_of(self, run_id: str) -> tuple[Run, ...]:
        """The step runs of a pipeline run in the order of its plan."""
        with self._database.read() as connection:
            return runs.steps_of(connection, run_id)

    def states_of_steps(self, run_id: str) -> tuple[StepState, ...]:
        """What an engine needs to know of the step runs of a pipeline run, in the order of its plan."""
        with self._database.read() as connection:
            return runs.states_of_steps(connection, run_id)

    def failures_of_steps(self, run_id: str) -> tuple[tuple[str, RunError | None], ...]:
        """Names and errors of the failed steps of a pipeline run, in the order in which they failed."""
        with self._database.read() as connection:
            return runs.failures_of_steps(connection, run_id)

    def cancel_requests(self) -> tuple[tuple[str, str], ...]:
        """What is asked to end and has not ended: (pipeline run, itself or the step run of it that is meant)."""
        with self._database.read() as connection:
            return cancelling.requests(connection)

    def record(self, run_id: str, changes: Sequence[Change]) -> None:
        """Record changes of a pipeline run and its steps, and an event for each, all or nothing."""
        with self._database.write() as connection:
            recording.record(connection, run_id, changes)

    def events(self, run_id: str, after: int = 0, about: str | None = None) -> tuple[Event, ...]:
        """Events of a pipeline run with sequence > `after`, in order; with `about` only those about that run."""
        with self._database.read() as connection:
            return events.after(connection, run_id, after, about)

    def last_event(self, run_id: str) -> int:
        """The sequence of the last event of a pipeline run; 0 if there is none."""
        with self._database.read() as connection:
            return events.last(connection, run_id)
