"""A compute backend whose jobs end when the test says so, and how it says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path

from lazulite.compute.base import JobEnded, JobLost, JobStage, Report
from lazulite.model.assets import ComputeTarget, Node
from lazulite.model.job import Job, Outcome, OutcomeStatus
from lazulite.model.run import OutputRecord, RunError, RunStatus


class PromptedCompute:
    """Keeps every job it is given until the test ends it. `compute.base` tells what a real one does."""

    def __init__(self, home: Path, report: Callable[[Report], None]) -> None:
        self.report = report
        #: What was launched, cancelled, resized and removed, in order.
        self.launched: list[Job] = []
        self.canceled: list[str] = []
        self.resized: list[tuple[str, str]] = []
        self.removed: list[tuple[str, str]] = []
        self._changed = threading.Condition()

    # --- what the test does ---

    def job(self, step_name: str, attempt: int = 1, seconds: float = 20.0) -> Job:
        """Wait until that try of a step is launched, and return its job."""
        with self._changed:
            self._changed.wait_for(lambda: self._find(step_name, attempt), seconds)
        found = self._find(step_name, attempt)
        if found is None:
            raise AssertionError(f"try {attempt} of step {step_name} was not launched within {seconds:g} s")
        return found

    def start(self, job: Job) -> None:
        """Report that the job's script runs."""
        self.report(JobStage(job.id, RunStatus.RUNNING, datetime.now(timezone.utc)))

    def end(
        self,
        job: Job,
        status: OutcomeStatus = OutcomeStatus.COMPLETED,
        outputs: Iterable[OutputRecord] = (),
        error: str = "it failed",
    ) -> None:
        """Report that the job ended."""
        now = datetime.now(timezone.utc)
        why = RunError("StepFailed", error) if status is OutcomeStatus.FAILED else None
        self.report(JobEnded(job.id, Outcome(job.id, status, now, now, error=why, outputs=tuple(outputs))))

    def lose(self, job: Job) -> None:
        """Report that the job's machine is gone."""
        self.report(JobLost(job.id, "its machine is gone"))

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something that follows from what the test did.

        Raises:
            AssertionError: it did not come about in time.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"what was waited for did not come about within {seconds:g} s")
            time.sleep(0.01)

    def _find(self, step_name: str, attempt: int) -> Job | None:
        wanted = (step_name, attempt)
        return next((job for job in self.launched if (job.step_name, job.attempt) == wanted), None)

    # --- Compute ---

    def launch(self, job: Job, target: ComputeTarget) -> None:
        """Take the job."""
        with self._changed:
            self.launched.append(job)
            self._changed.notify_all()

    def cancel(self, job_id: str) -> None:
        """Report the job as canceled."""
        self.canceled.append(job_id)
        for job in self.launched:
            if job.id == job_id:
                self.end(job, OutcomeStatus.CANCELED)

    def resize(self, workspace: str, target: ComputeTarget) -> None:
        """Remember that it was asked."""
        self.resized.append((workspace, target.name))

    def remove(self, workspace: str, compute: str) -> None:
        """Remember that it was asked."""
        self.removed.append((workspace, compute))

    def nodes(self) -> tuple[Node, ...]:
        """No nodes."""
        return ()

    def close(self, *, stop_nodes: bool) -> None:
        """Nothing to close."""
