"""What is written into the records for each thing that happens to a run: `Change`s, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lazulite.model.codec import to_data
from lazulite.model.events import EventKind
from lazulite.model.job import Outcome, OutcomeStatus
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import RunError, RunStatus
from lazulite.records.changes import Change
from lazulite.records.reuse import Candidate


def status(subject: str, new: RunStatus, error: RunError | None = None, at: datetime | None = None) -> Change:
    """A run or step run enters a status, `at` some time or now."""
    data = {"status": new.value} | ({"error": to_data(error)} if error else {})
    return Change(subject, EventKind.STATUS, data, status=new, error=error, at=at)


def decision(subject: str, made: ReuseDecision) -> Change:
    """A reuse decision is made."""
    data = {"verdict": made.verdict, "reason": made.reason, "candidate": made.candidate}
    return Change(subject, EventKind.DECIDED, data, decision=made)


def reused(subject: str, source: Candidate) -> Change:
    """A step run completes by taking over what `source` wrote."""
    properties = {
        "azureml.isreused": "true",
        "azureml.reusedrunid": source.id,
        "azureml.reusednodeid": source.node or "",
        "azureml.reusedpipeline": source.root_id,
        "azureml.reusedpipelinerunid": source.root_id,
    }
    return Change(
        subject,
        EventKind.STATUS,
        {"status": RunStatus.COMPLETED.value, "reused_run_id": source.id},
        status=RunStatus.COMPLETED,
        properties=properties,
        reused_run_id=source.id,
        outputs=source.outputs,
    )


def launched(subject: str, job: str, attempt: int) -> Change:
    """A try of a step is about to be handed to its compute target."""
    return Change(
        subject,
        EventKind.LAUNCHED,
        {"job": job, "attempt": attempt},
        status=RunStatus.QUEUED,
        job=job,
        attempt=attempt,
    )


def lost(subject: str, job: str, attempt: int, reason: str) -> Change:
    """A try of a step vanished without an outcome."""
    return Change(subject, EventKind.LOST, {"job": job, "attempt": attempt, "reason": reason})


def ended(subject: str, outcome: Outcome, reusable_key: str | None) -> Change:
    """A try of a step ended. With `reusable_key` later runs may take its outputs over."""
    new = RunStatus(outcome.status.value)
    completed = outcome.status is OutcomeStatus.COMPLETED
    return Change(
        subject,
        EventKind.STATUS,
        {"status": new.value, "error": to_data(outcome.error), "exit_code": outcome.exit_code},
        status=new,
        error=outcome.error,
        properties={f"lazulite.{name}": value for name, value in outcome.facts.items()},
        outputs=outcome.outputs if completed else None,
        reusable_key=reusable_key if completed else None,
    )


def first_error(failed: Iterable[tuple[str, RunError | None]]) -> RunError:
    """The pipeline run's error: that of the step that failed first, with its name.

    Args:
        failed: Names of failed steps with their errors, in the order in which they failed.
    """
    for name, error in failed:
        if error is not None:
            return RunError(error.code, f"Step '{name}' failed: {error.message}", error.details)
    return RunError("StepFailed", "A step failed.")
