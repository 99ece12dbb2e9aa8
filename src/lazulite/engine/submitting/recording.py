"""From a submission to the recorded run: checked against its workspace, then one transaction.

The service calls it for people, the engine itself for schedules.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.engine.sending_code import bring_back
from lazulite.engine.submitting import submissions
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Experiment, Workspace
from lazulite.model.codec import loads, to_data
from lazulite.model.errors import Conflict, InvalidRequest, LazuliteError, NotFound
from lazulite.model.plan import Plan
from lazulite.model.run import Run, RunKind, Submission
from lazulite.records.records import Records
from lazulite.storage.blobs import BlobStore


@dataclass(frozen=True)
class Checked:
    """A submission in which nothing is wrong or open, its workspace, and the type of each compute target by name.
    `run_id` is the run's id if who submits chose it."""

    workspace: Workspace
    submission: Submission
    computes: dict[str, str]
    run_id: str | None = None


def checked(home: Home, records: Records, workspace: str, submission: Submission) -> Checked:
    """Check a submission against its workspace, and fill in what it leaves open.

    Raises:
        InvalidRequest: names, parameter values or the parent run do not fit.
        NotFound: the workspace, the parent run or a snapshot does not exist.
    """
    record = records.workspace(workspace)
    computes, datastores = _places(records, workspace)
    submissions.check(submission, computes, datastores)
    _check_code(home, records, record, submission.plan)
    if submission.resumes is not None:
        refuse_active(records.run(workspace, submission.resumes))
    if submission.parent_run_id is not None:
        parent = records.run(workspace, submission.parent_run_id)
        if parent.experiment != submission.experiment:
            raise InvalidRequest(
                f"The parent run {parent.id} belongs to experiment '{parent.experiment}', not to "
                f"'{submission.experiment}'. A run and its parent must be of the same experiment."
            )
    if submission.run_id is not None:
        ids.checked("run", submission.run_id)
    return Checked(record, submissions.filled(submission), computes, submission.run_id)


def known(records: Records, work: Checked) -> Run | None:
    """Return the run that an earlier try of the same submission made; None if there is none.

    Raises:
        Conflict: another run has the id that was chosen.
    """
    if work.run_id is None:
        return None
    try:
        found = records.run(work.workspace.id, work.run_id)
    except NotFound:
        return None
    if found.kind is RunKind.PIPELINE and records.submission(work.workspace.id, found.id) == work.submission:
        return found
    raise Conflict(f"Another run has the id {work.run_id!r}. Choose another, or none.", run_id=work.run_id)


def check_plan(home: Home, records: Records, workspace: str, plan: Plan) -> None:
    """Check a plan that is to be kept as `checked` checks one that is to be run.

    Raises:
        InvalidPlan: steps name computes or datastores that do not exist, or have no snapshot.
        NotFound: the workspace or a snapshot does not exist.
    """
    record = records.workspace(workspace)
    submissions.check_plan(plan, *_places(records, workspace))
    _check_code(home, records, record, plan)


def _places(records: Records, workspace: str) -> tuple[dict[str, str], list[str]]:
    """What a step can name: the type of each compute target by name, and the names of the datastores."""
    found = records.definitions(workspace)
    computes = {
        name: loads(ComputeTarget, text).type
        for (kind, name), text in found.items()
        if kind is AssetKind.COMPUTE
    }
    return computes, [name for kind, name in found if kind is AssetKind.DATASTORE]


def _check_code(home: Home, records: Records, workspace: Workspace, plan: Plan) -> None:
    blobs = BlobStore(home.blobs(workspace.id))
    missing = blobs.missing({step.snapshot for step in plan.steps})
    if missing:
        missing = bring_back(home, records, workspace.id, missing)
    for snapshot_id in missing:
        raise NotFound(f"Workspace '{workspace.name}' has no snapshot {snapshot_id!r}.", kind="snapshot")


def refuse_active(run: Run) -> None:
    """Make sure that a run can be resumed.

    Raises:
        Conflict: it has not ended.
        InvalidRequest: it is no pipeline run.
    """
    if run.kind is not RunKind.PIPELINE:
        raise InvalidRequest(f"Run {run.id} is not a pipeline run, so there is nothing to resume.")
    if not run.status.is_terminal:
        raise Conflict(
            f"Run {run.id} has not ended; it is {run.status.value}. Wait for it or cancel it, then resume it.",
            run_id=run.id,
        )


def rows(work: Checked) -> tuple[Run, list[Run]]:
    """The row of the pipeline run and those of its steps, in plan order."""
    run = submissions.pipeline_run(work.workspace, work.submission, work.run_id)
    return run, submissions.step_runs(run, work.submission.plan, work.submission, work.computes)


def record(records: Records, work: Checked) -> Run:
    """Record the run with all its step runs, in one transaction; returns it with its number."""
    ensure_experiment(records, work.workspace.id, work.submission.experiment)
    run, steps = rows(work)
    return records.add_pipeline_run(run, steps, work.submission)


def ensure_experiment(records: Records, workspace: str, name: str) -> None:
    """See to it that the workspace has the experiment."""
    try:
        records.asset(workspace, AssetKind.EXPERIMENT, name)
    except NotFound:
        with contextlib.suppress(Conflict):  # another process was faster
            asset = Asset(AssetKind.EXPERIMENT, name, to_data(Experiment(name)))
            records.put_asset(workspace, asset, overwrite=False)


def make_room(home: Home, records: Records, run: Run) -> None:
    """Create the folder of the run's artifacts, so that a link to it opens from the first moment."""
    with contextlib.suppress(OSError, LazuliteError):  # the run itself will meet it, and say so
        places = Places(home, records, run.workspace)
        # What an interactive run uploads goes to its datastore at once: no engine may be there to send it on.
        if run.kind is RunKind.PIPELINE or places.is_folder(run.artifact_datastore):
            places.artifacts(run.artifact_datastore, run.artifact_path).mkdir(parents=True, exist_ok=True)
