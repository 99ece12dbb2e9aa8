"""`record`: steps forward of a pipeline run, as one transaction with few statements however many changes there are.

Each kind of write is one statement of fixed form, executed for all changes. What the changes of a run say nothing
about is passed as null and keeps the recorded value (`coalesce`), and the rule that an ended run stays ended is part
of the statement: no other process can slip in between a check and a write.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, or_, select, update
from sqlalchemy.sql import Update

from lazulite.model.codec import dumps
from lazulite.model.errors import NotFound
from lazulite.model.run import OutputRecord, RunStatus
from lazulite.records import deleting, events, labels, run_rows
from lazulite.records.changes import Change
from lazulite.records.columns import now
from lazulite.records.insertion import insert_or_replace, insert_rows
from lazulite.records.statements import Statement
from lazulite.records.tables import decisions, outputs, reuse_index, runs

_STARTS = frozenset({RunStatus.PREPARING, RunStatus.RUNNING})
_PLAIN = ("reused_run_id", "target", "job", "attempt")
_OUTPUT_FIELDS = tuple(field.name for field in fields(OutputRecord))


def record(connection: Connection, run_id: str, changes: Sequence[Change]) -> None:
    """Record changes of the pipeline run `run_id` and its steps, with one event for each, in their order.

    Raises:
        NotFound: the run does not exist, or a subject is neither it nor one of its steps.
        Conflict: a run whose work is taken over is being deleted; decide anew.
    """
    if not changes:
        return
    workspace = run_rows.lock(connection, run_id)
    at = now()
    sources = {change.reused_run_id for change in changes if change.reused_run_id is not None}
    if sources:
        deleting.refuse_going(connection, sources)
    _update_runs(connection, run_id, changes, at)
    _put_properties(connection, changes)
    _put_decisions(connection, changes)
    _replace_outputs(connection, changes)
    _put_keys(connection, workspace, changes)
    happened = [events.NewEvent(change.subject, change.kind, change.data, change.at) for change in changes]
    events.append(connection, run_id, happened, at)


def _kept(column: str, new: ColumnElement[Any], *, unless: ColumnElement[bool]) -> ColumnElement[Any]:
    """The new value if there is one, and not where `unless` holds."""
    return case((unless, runs.c[column]), else_=func.coalesce(new, runs.c[column]))


def _run_update(_kind: str) -> Update:
    def given(column: str) -> ColumnElement[Any]:
        return bindparam(f"new_{column}", type_=runs.c[column].type)

    # Spelled out, because a list cannot be a parameter of a statement that is executed for many rows.
    ended = or_(*(runs.c.status == status for status in run_rows.TERMINAL))
    # Once cancellation was asked for, only an end is news.
    being_canceled = (runs.c.status == RunStatus.CANCEL_REQUESTED.value) & given("ended_at").is_(None)
    of_run = bindparam("of_run", type_=runs.c.id.type)
    return (
        update(runs)
        .where(
            runs.c.id == bindparam("subject", type_=runs.c.id.type),
            or_(runs.c.id == of_run, runs.c.parent_id == of_run),
        )
        .values(
            status=_kept("status", given("status"), unless=or_(ended, being_canceled)),
            started_at=case(
                (ended, runs.c.started_at), else_=func.coalesce(runs.c.started_at, given("started_at"))
            ),
            ended_at=_kept("ended_at", given("ended_at"), unless=ended),
            error=_kept("error", given("error"), unless=ended),
            **{column: func.coalesce(given(column), runs.c[column]) for column in _PLAIN},
        )
    )


_RUN_UPDATE = Statement(_run_update)


def _update_runs(connection: Connection, run_id: str, changes: Sequence[Change], at: datetime) -> None:
    """Bring the rows up to date; raises unless every subject belongs to the run."""
    rows: dict[str, dict[str, Any]] = {}
    for change in changes:
        row = rows.get(change.subject)
        if row is None:
            row = rows[change.subject] = {**_NOTHING_NEW, "of_run": run_id, "subject": change.subject}
        _add(row, change, at)
    if _RUN_UPDATE.run(connection, list(rows.values())).rowcount != len(rows):
        raise _stranger(connection, run_id, rows)


_NOTHING_NEW: dict[str, Any] = {
    f"new_{column}": None for column in ("status", "started_at", "ended_at", "error", *_PLAIN)
}


def _add(row: dict[str, Any], change: Change, at: datetime) -> None:
    """Let the update say what it and then the change would say, by the statement's own rules."""
    for column in _PLAIN:
        value = getattr(change, column)
        if value is not None:
            row[f"new_{column}"] = value
    if row["new_ended_at"] is not None:
        return
    if change.error is not None:
        row["new_error"] = dumps(change.error)
    status = change.status
    if status is None:
        return
    if status in _STARTS and row["new_started_at"] is None:
        row["new_started_at"] = change.at or at
    if status.is_terminal:
        row["new_ended_at"] = change.at or at
    elif row["new_status"] == RunStatus.CANCEL_REQUESTED.value:
        return
    row["new_status"] = status.value


def _stranger(connection: Connection, run_id: str, subjects: dict[str, Any]) -> NotFound:
    own = select(runs.c.id).where(or_(runs.c.id == run_id, runs.c.parent_id == run_id))
    known = set(connection.execute(own).scalars())
    unknown = min(subjects.keys() - known)
    return NotFound(f"The pipeline run {run_id!r} has no step run {unknown!r}.", kind="run", name=unknown)


def _put_properties(connection: Connection, changes: Sequence[Change]) -> None:
    rows = (labels.rows_of(change.subject, labels.PROPERTY, change.properties) for change in changes)
    labels.put(connection, list(itertools.chain.from_iterable(rows)))


def _put_decisions(connection: Connection, changes: Sequence[Change]) -> None:
    last = {change.subject: change.decision for change in changes if change.decision is not None}
    rows = [{"run_id": subject, "document": dumps(decision)} for subject, decision in last.items()]
    insert_or_replace(connection, decisions, rows)


_DELETE_OUTPUTS = Statement(
    lambda _kind: delete(outputs).where(outputs.c.run_id == bindparam("of", type_=outputs.c.run_id.type))
)


def _replace_outputs(connection: Connection, changes: Sequence[Change]) -> None:
    last = {change.subject: change.outputs for change in changes if change.outputs is not None}
    if not last:
        return
    _DELETE_OUTPUTS.run(connection, [{"of": one} for one in last])
    rows = [
        {"run_id": subject, "position": position, **{name: getattr(output, name) for name in _OUTPUT_FIELDS}}
        for subject, written in last.items()
        for position, output in enumerate(written)
    ]
    insert_rows(connection, outputs, rows)


def _put_keys(connection: Connection, workspace: str, changes: Sequence[Change]) -> None:
    last = {change.subject: change.reusable_key for change in changes if change.reusable_key is not None}
    rows = [{"run_id": subject, "workspace": workspace, "key": key} for subject, key in last.items()]
    insert_or_replace(connection, reuse_index, rows)
