"""Runs: adding, finding and patching them. What the engine records about them is in `recording`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select

from lazulite.model.codec import dumps, loads
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.events import EventKind
from lazulite.model.garbage import uncollected
from lazulite.model.run import Run, RunError, RunKind, RunQuery, RunStatus, Submission
from lazulite.records import deleting, events, run_rows, run_search, workspaces
from lazulite.records.columns import now
from lazulite.records.counters import next_number
from lazulite.records.run_rows import StepState
from lazulite.records.tables import runs, submissions


def add_pipeline_run(connection: Connection, run: Run, steps: Sequence[Run], submission: Submission) -> Run:
    """Record a pipeline run with all its step runs and what it was started with; the event SUBMITTED is first."""
    added = _placed(connection, run)
    with uncollected():
        below = [step if step.root_id else replace(step, root_id=added.root_id) for step in steps]
        run_rows.insert_runs(connection, [added, *below])
        document = dumps(submission)
    connection.execute(insert(submissions).values(run_id=added.id, document=document))
    submitted = events.NewEvent(added.id, EventKind.SUBMITTED, {"steps": len(steps)})
    events.append(connection, added.id, [submitted], now())
    return added


def add(connection: Connection, run: Run) -> Run:
    """Record one run that no engine drives."""
    added = _placed(connection, run)
    run_rows.insert_runs(connection, [added])
    return added


def find(connection: Connection, ws_id: str, query: RunQuery) -> tuple[Run, ...]:
    """Return the runs of the workspace that match, in the order asked for."""
    if query.after is not None:
        run_rows.require(connection, ws_id, query.after)
    rows = connection.execute(run_search.listing(ws_id, query)).all()
    return run_rows.read_runs(connection, rows)


def submission(connection: Connection, ws_id: str, run_id: str) -> Submission:
    """Return what a pipeline run was started with."""
    run_rows.require(connection, ws_id, run_id)
    text = connection.execute(select(submissions.c.document).where(submissions.c.run_id == run_id)).scalar()
    if text is None:
        raise NotFound(
            f"The run {run_id!r} was not started from a pipeline, so there is no submission. Ask its pipeline run.",
            kind="submission",
            name=run_id,
        )
    return loads(Submission, text)


def active_pipeline_runs(connection: Connection) -> tuple[Run, ...]:
    """Return the pipeline runs of all workspaces that have not ended, oldest first."""
    query = select(runs).where(runs.c.status.in_(run_rows.ACTIVE), runs.c.kind == RunKind.PIPELINE.value)
    return run_rows.read_runs(
        connection, connection.execute(query.order_by(runs.c.created_at, runs.c.position)).all()
    )


def refuse_if_active(connection: Connection, ws_id: str) -> None:
    """Make sure that no pipeline run of the workspace, whose row the transaction holds, is active.

    Raises:
        Conflict: one is.
    """
    query = select(runs.c.id).where(
        runs.c.status.in_(run_rows.ACTIVE), runs.c.workspace == ws_id, runs.c.kind == RunKind.PIPELINE.value
    )
    active = connection.execute(query.order_by(runs.c.created_at, runs.c.position)).scalars().all()
    if active:
        raise Conflict(
            f"{workspaces.titled(connection, ws_id)} has {len(active)} active run(s), {active[0]} among them. "
            "Cancel them or wait, then delete it.",
            kind="workspace",
        )


def steps_of(connection: Connection, run_id: str) -> tuple[Run, ...]:
    """Return the step runs of a pipeline run in the order of its plan."""
    query = select(runs).where(runs.c.parent_id == run_id, runs.c.kind == RunKind.STEP.value)
    return run_rows.read_runs(connection, connection.execute(query.order_by(runs.c.position)).all())


def _placed(connection: Connection, run: Run) -> Run:
    """The run with its root, and if it is a top-level run, its number within the experiment."""
    workspaces.lock(connection, run.workspace)
    if run.parent_id is None:
        number = next_number(connection, run.workspace, "run", run.experiment)
        return replace(run, number=number, root_id=run.root_id or run.id)
    root = connection.execute(
        select(runs.c.root_id).where(
            runs.c.id == run.parent_id, runs.c.workspace == run.workspace, deleting.is_listed()
        )
    ).scalar()
    if root is None:
        raise run_rows.missing(connection, run.workspace, run.parent_id)
    return replace(run, root_id=run.root_id or root)


def states_of_steps(connection: Connection, run_id: str) -> tuple[StepState, ...]:
    """Return what an engine needs to know of the step runs of a pipeline run, in the order of its plan."""
    query = select(*run_rows.STATE_COLUMNS).where(
        runs.c.parent_id == run_id, runs.c.kind == RunKind.STEP.value
    )
    return tuple(run_rows.state(row) for row in connection.execute(query.order_by(runs.c.position)).all())


def failures_of_steps(connection: Connection, run_id: str) -> tuple[tuple[str, RunError | None], ...]:
    """Return names and errors of the failed steps of a pipeline run, in the order in which they failed."""
    query = select(runs.c.name, runs.c.error).where(
        runs.c.parent_id == run_id,
        runs.c.kind == RunKind.STEP.value,
        runs.c.status == RunStatus.FAILED.value,
    )
    rows = connection.execute(query.order_by(runs.c.ended_at, runs.c.position))
    return tuple((row.name, None if row.error is None else loads(RunError, row.error)) for row in rows)
