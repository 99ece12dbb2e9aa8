"""Between a `Run` and its row: writing, reading, and the error for a run that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.exc import IntegrityError

from lazulite.model.codec import dumps, loads
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.run import Run, RunError, RunKind, RunStatus
from lazulite.records import labels, workspaces
from lazulite.records.columns import moment, when, words
from lazulite.records.insertion import insert_stored
from lazulite.records.missing import not_found
from lazulite.records.statements import Statement
from lazulite.records.tables import runs

_NEAR = 200  # among how many of the newest runs a similar id is looked for

TERMINAL = tuple(status.value for status in RunStatus if status.is_terminal)
ACTIVE = tuple(status.value for status in RunStatus if not status.is_terminal)


@dataclass(frozen=True)
class StepState:
    """A step run as an engine sees it: without what only people look at. Fields as in `Run`."""

    id: str
    name: str
    node: str
    root_id: str
    status: RunStatus
    job: str | None
    attempt: int
    artifact_datastore: str
    artifact_path: str


#: What `state` makes a `StepState` of.
STATE_COLUMNS = tuple(runs.c[field.name] for field in fields(StepState))
_STATUS = [field.name for field in fields(StepState)].index("status")


def state(row: Row[Any]) -> StepState:
    """Return the state in a row of `STATE_COLUMNS`."""
    values: list[Any] = list(row)
    values[_STATUS] = RunStatus(values[_STATUS])
    return StepState(*values)


def insert_runs(connection: Connection, added: Sequence[Run]) -> None:
    """Insert new runs with their tags and properties.

    Raises:
        Conflict: a run with one of the ids exists already.
    """
    try:
        insert_stored(connection, runs, _COLUMNS, [_stored(run) for run in added])
    except IntegrityError as error:
        names = ", ".join(repr(run.id) for run in added[:3])
        raise Conflict(
            f"A run with this id exists already (adding {names}). Every run needs an id of its own.",
            kind="run",
        ) from error
    # In the order of their key, so that each page of the table is written once and not many times.
    ordered = sorted(added, key=lambda run: run.id)
    labels.insert(connection, [row for run in ordered for row in _labels(run)])


def read_runs(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Run, ...]:
    """Return the runs of rows of `runs`, in their order."""
    found = labels.of_runs(connection, [row.id for row in rows])
    return tuple(
        _run(row, found.get((row.id, labels.TAG), {}), found.get((row.id, labels.PROPERTY), {}))
        for row in rows
    )


def get(connection: Connection, ws_id: str, run_id: str, *, locked: bool = False) -> Run:
    """Return one run of a workspace; `locked`: nobody else changes it until this transaction ends."""
    query = _ONE_LOCKED if locked else _ONE
    row = query.run(connection, [{"run_id": run_id, "ws_id": ws_id}]).mappings().first()
    if row is None:
        raise missing(connection, ws_id, run_id)
    found = labels.of_runs(connection, [run_id])
    stored = SimpleNamespace(**row)
    for moment_ in _MOMENTS:
        setattr(stored, moment_, when(row[moment_]))
    return _run(stored, found.get((run_id, labels.TAG), {}), found.get((run_id, labels.PROPERTY), {}))


#: Built once: putting a query together takes longer than the database needs to answer it.
_HERE = (
    runs.c.id == bindparam("run_id", type_=runs.c.id.type),
    runs.c.workspace == bindparam("ws_id", type_=runs.c.workspace.type),
)
_ONE = Statement(lambda _kind: select(runs).where(*_HERE))
_ONE_LOCKED = Statement(lambda _kind: select(runs).where(*_HERE).with_for_update())
_IS_THERE = Statement(lambda _kind: select(runs.c.id).where(*_HERE))
_MOMENTS = ("created_at", "started_at", "ended_at")


def require(connection: Connection, ws_id: str, run_id: str) -> None:
    """Make sure that the workspace has the run."""
    if _IS_THERE.run(connection, [{"run_id": run_id, "ws_id": ws_id}]).scalar() is None:
        raise missing(connection, ws_id, run_id)


def lock(connection: Connection, run_id: str) -> str:
    """Make sure that the run exists; those who record about it take turns. Returns its workspace.

    This also makes the sequence numbers of one run's events appear in their order on every database.
    """
    workspace = _LOCK.run(connection, [{"run_id": run_id}]).scalar()
    if workspace is None:
        raise NotFound(
            f"There is no run {run_id!r}; it may have been deleted with its workspace.", kind="run"
        )
    return str(workspace)


_LOCK = Statement(
    lambda _kind: (
        select(runs.c.workspace)
        .where(runs.c.id == bindparam("run_id", type_=runs.c.id.type))
        .with_for_update()
    )
)


def missing(connection: Connection, ws_id: str, run_id: str) -> NotFound:
    """The error for a run that the workspace does not have."""
    where = workspaces.titled(connection, ws_id)
    newest = select(runs.c.id).where(runs.c.workspace == ws_id)
    newest = newest.order_by(runs.c.created_at.desc(), runs.c.position.desc()).limit(_NEAR)
    known = connection.execute(newest).scalars().all()
    hint = "`lazulite runs list` shows those that exist." if known else "It has no runs yet."
    return not_found("run", run_id, where, known, hint)


_COLUMNS = tuple(column.name for column in runs.columns if column.name != "position")


def _stored(run: Run) -> tuple[Any, ...]:
    """The row of a run, in the order of the table's columns."""
    return (
        run.id,
        run.workspace,
        words(run.experiment),
        run.kind.value,
        run.status.value,
        moment(run.created_at),
        words(run.name),
        run.number,
        words(run.display_name),
        words(run.description),
        run.parent_id,
        run.root_id,
        run.node,
        moment(run.started_at),
        moment(run.ended_at),
        None if run.error is None else words(dumps(run.error)),
        words(run.target),
        run.reused_run_id,
        run.artifact_datastore,
        words(run.artifact_path),
        words(run.submitted_by),
        run.job,
        run.attempt,
    )


def _labels(run: Run) -> Iterator[labels.Stored]:
    yield from labels.stored(run.id, labels.PROPERTY, run.properties)
    yield from labels.stored(run.id, labels.TAG, run.tags)


def _run(row: Any, tags: dict[str, str], properties: dict[str, str]) -> Run:
    return Run(
        id=row.id,
        workspace=row.workspace,
        experiment=row.experiment,
        kind=RunKind(row.kind),
        status=RunStatus(row.status),
        created_at=row.created_at,
        name=row.name,
        number=row.number,
        display_name=row.display_name,
        description=row.description,
        parent_id=row.parent_id,
        root_id=row.root_id,
        node=row.node,
        started_at=row.started_at,
        ended_at=row.ended_at,
        tags=tags,
        properties=properties,
        error=None if row.error is None else loads(RunError, row.error),
        target=row.target,
        reused_run_id=row.reused_run_id,
        artifact_datastore=row.artifact_datastore,
        artifact_path=row.artifact_path,
        submitted_by=row.submitted_by,
        job=row.job,
        attempt=row.attempt,
    )
