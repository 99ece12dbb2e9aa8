"""One job from beginning to end: prepare, run, publish, and always an outcome.

    PREPARING    snapshot, environment, inputs, outputs
    RUNNING      the script
    FINALIZING   ./outputs and ./logs in any case; declared outputs after success
    the outcome  last

Whatever goes wrong on the way becomes the outcome's error; a job ends without one only if its process is killed.
"""

from __future__ import annotations

import contextlib
import socket
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

from lazulite.model.errors import Conflict
from lazulite.model.job import Job, Outcome, OutcomeStatus
from lazulite.model.run import RunError, RunStatus
from lazulite.worker import failure, identity
from lazulite.worker.cancellation import Cancellation, JobCanceled
from lazulite.worker.folder import JobFolder, is_small, remove_tree
from lazulite.worker.inputs import store_of
from lazulite.worker.logs import RunLogs
from lazulite.worker.shared import Shared
from lazulite.worker.stages import Stages

OnStage = Callable[[RunStatus], None]


def run_job(
    job: Job,
    on_stage: OnStage = lambda _: None,
    shared: Shared | None = None,
    cancellation: Cancellation | None = None,
) -> Outcome:
    """Run a job and return its outcome, which is then also in the job's folder.

    Args:
        job: The job; its folder is made if it is not there.
        on_stage: Called when a stage begins, after it was written to the folder.
        shared: What the node's jobs share; without it the job runs alone.
        cancellation: Who asks the job to end, listening already; else signals do.

    Raises:
        OSError: the folder cannot be written.
        Conflict: the job was started before; it must not run twice.
    """
    files = JobFolder(Path(job.folder))
    if not files.claim(identity.current()):
        raise Conflict(f"The job {job.id} was started before; see {job.folder}.")
    began = datetime.now(timezone.utc)

    def stage(status: RunStatus) -> None:
        files.write_stage(status)
        on_stage(status)

    with contextlib.ExitStack() as stack:
        stack.callback(files.close)
        asked = cancellation or stack.enter_context(Cancellation())
        outcome = _outcome(job, files, asked, stage, shared or Shared(), began)
        _keep(files, outcome)
    return outcome


def _artifacts(job: Job) -> Path:
    """The folder to write the run's artifacts to: on their datastore, or the spool from which they go there."""
    if job.spool:
        return Path(job.spool)
    store = store_of(job, job.artifact_datastore)
    store.require()
    return store.resolve(job.artifact_path)


@cache
def _host() -> str:
    return socket.gethostname()


def _outcome(
    job: Job, files: JobFolder, cancellation: Cancellation, stage: OnStage, shared: Shared, began: datetime
) -> Outcome:
    stages: Stages | None = None
    logs: RunLogs | None = None
    error: RunError | None = None
    status = OutcomeStatus.COMPLETED
    try:
        stage(RunStatus.PREPARING)
        artifacts = _artifacts(job)
        logs = RunLogs(artifacts)
        logs.story(f"Job {job.id}, try {job.attempt} of step {job.step_name!r} on {_host()}.")
        stages = Stages(job, files, logs, artifacts, cancellation, shared)
        with cancellation.interrupting():
            stages.prepare()
        stage(RunStatus.RUNNING)
        error = stages.run()
        stage(RunStatus.FINALIZING)
        logs.flush()
        if stages.canceled:
            raise JobCanceled  # noqa: TRY301 - one place decides what a cancellation means
        with cancellation.interrupting():
            if error is None:
                stages.publish()
    except JobCanceled:
        status, error = OutcomeStatus.CANCELED, None
    except Exception as caught:  # noqa: BLE001 - whatever it is, the user must learn of it
        error = failure.of_exception(caught, stages.at if stages else job.folder)
        if logs:
            logs.story("".join(traceback.format_exception(caught)))
    if error is not None:
        status = OutcomeStatus.FAILED
    if logs:
        logs.story(f"{status.value}." + (f" {error.code}: {error.message}" if error else ""))
        logs.close()
    return Outcome(
        job_id=job.id,
        status=status,
        started_at=began,
        ended_at=datetime.now(timezone.utc),
        exit_code=stages.exit_code if stages else None,
        error=error,
        outputs=stages.records if stages and status is OutcomeStatus.COMPLETED else (),
        facts=stages.facts() if stages else {},
    )


def _keep(files: JobFolder, outcome: Outcome) -> None:
    """Write the outcome. Staged files go first where they are many or large, or the disk has no room for it.

    A few small ones stay until the run is over: a file system finds room for new files more slowly where others were
    just deleted, and the next job is about to make some.
    """
    if outcome.status is OutcomeStatus.COMPLETED and not is_small(files.path):
        _remove_staged(files)
    try:
        files.write_result(outcome)
    except OSError:
        _remove_staged(files)
        files.write_result(outcome)


def _remove_staged(files: JobFolder) -> None:
    for folder in (files.work, files.inputs, files.outputs):
        remove_tree(str(folder))
