"""What the folder of a job says about it, and the outcomes that only the engine's side can know."""

from __future__ import annotations

import contextlib
import os
import signal
from datetime import datetime, timezone
from pathlib import Path

from lazulite.compute.base import JobEnded, JobLost
from lazulite.model.errors import Corrupt
from lazulite.model.job import Job, Outcome, OutcomeStatus
from lazulite.model.run import RunError, RunStatus
from lazulite.worker import identity
from lazulite.worker.ending import end_session
from lazulite.worker.folder import JobFolder

_LOG_LINES = 5


def is_new(job: Job) -> bool:
    """Whether nothing can have happened to the job, because it has no folder yet."""
    return not os.path.isdir(job.folder)  # noqa: PTH112 - asked for each of thousands of jobs


def make_folder(job: Job) -> None:
    """Make the job's folder: whether its disk takes it is known before a node is asked.

    Raises:
        OSError: it cannot be made.
    """
    JobFolder(Path(job.folder)).make()


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


def is_being_taken(job: Job) -> bool:
    """Whether a process took the job and had not written down who it is, or died over that."""
    process = JobFolder(Path(job.folder)).started()
    return process is not None and not process.born


def process_of(job: Job) -> identity.ProcessIdentity | None:
    """The process that runs the job now; None if none does."""
    process = JobFolder(Path(job.folder)).started()
    return process if process is not None and identity.is_alive(process) else None


def stage_of(job: Job) -> RunStatus | None:
    """The stage the job was in last."""
    return JobFolder(Path(job.folder)).stage()


def send_signal(job: Job, number: signal.Signals) -> None:
    """Send a signal to the process that runs the job; none once the job has ended, since a process outlives it."""
    process = process_of(job)
    if process is not None and not JobFolder(Path(job.folder)).has_result():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def gone(job: Job, reason: str) -> JobEnded | JobLost:
    """What to say of a job that no process runs any more: how it ended, else that it is lost.

    If its process is gone, what its script left running is ended, so that it does not write beside the next try. A
    process that lives on has seen to that, and what runs below it now is another job's.
    """
    done = ended(job)
    if done is not None:
        return done
    process = JobFolder(Path(job.folder)).started()
    if process is not None and not identity.is_alive(process):
        end_session(process)
    words = _last_words(job)
    return JobLost(job.id, f"{reason}. Its last words:\n{words}" if words else reason)


def failed(job: Job, error: RunError) -> JobEnded:
    """The end of a job that could not be started."""
    return JobEnded(job.id, _outcome(job, OutcomeStatus.FAILED, error))


def canceled(job: Job) -> JobEnded:
    """The end of a job that was canceled before it began, or whose process died of it."""
    return JobEnded(job.id, _outcome(job, OutcomeStatus.CANCELED, None))


def _last_words(job: Job) -> str:
    """What the job's process itself printed: nothing, unless the worker failed."""
    try:
        text = JobFolder(Path(job.folder)).log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_LOG_LINES:])


def _outcome(job: Job, status: OutcomeStatus, error: RunError | None) -> Outcome:
    now = datetime.now(timezone.utc)
    return Outcome(job_id=job.id, status=status, started_at=now, ended_at=now, error=error)
