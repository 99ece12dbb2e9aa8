"""What the folder of a job says about it, and the outcomes that only the engine's side can know."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from lazulite.compute.base import JobEnded, JobLost
from lazulite.model.errors import Corrupt
from lazulite.model.job import Job, Outcome, OutcomeStatus
from lazulite.model.run import RunError
from lazulite.worker import identity
from lazulite.worker.folder import JobFolder


def ended(job: Job) -> JobEnded | None:
    """The outcome in the job's folder, if there is one. An unreadable one fails the job and says so."""
    folder = JobFolder(Path(job.folder))
    try:
        outcome = folder.result()
    except Corrupt as error:
        return failed(
            job, RunError("Corrupt", f"The result of the job in {job.folder} cannot be read: {error.message}")
        )
    return None if outcome is None else JobEnded(job.id, outcome)


def was_started(job: Job) -> bool:
    """Whether a process ever took the job."""
    return JobFolder(Path(job.folder)).started() is not None


def process_of(job: Job) -> identity.ProcessIdentity | None:
    """The process that runs the job now; None if none does."""
    process = JobFolder(Path(job.folder)).started()
    return process if process is not None and identity.is_alive(process) else None


def gone(job: Job, reason: str) -> JobEnded | JobLost:
    """What to say of a job whose process is gone: how it ended, else that it is lost."""
    return ended(job) or JobLost(job.id, reason)


def failed(job: Job, error: RunError) -> JobEnded:
    """The end of a job that could not be started."""
    return JobEnded(job.id, _outcome(job, OutcomeStatus.FAILED, error))


def canceled(job: Job) -> JobEnded:
    """The end of a job that was canceled before it began."""
    return JobEnded(job.id, _outcome(job, OutcomeStatus.CANCELED, None))


def _outcome(job: Job, status: OutcomeStatus, error: RunError | None) -> Outcome:
    now = datetime.now(timezone.utc)
    return Outcome(job_id=job.id, status=status, started_at=now, ended_at=now, error=error)
