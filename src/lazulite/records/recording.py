"""`record`: steps forward of a pipeline run, as one transaction with few statements however many changes there are.

Each kind of write is one statement of fixed form, executed for all changes in their order. What a change says
nothing about is passed as null and keeps the recorded value (`coalesce`), and the rule that an ended run stays
ended is part of the statement: no other process can slip in between a check and a write.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.sql import Update

from lazulite.model.codec import dumps
from lazulite.model.errors import NotFound
from lazulite.model.run import OutputRecord, RunStatus
from lazulite.records import events, labels, run_rows
from lazulite.records.changes import Change
from lazulite.records.columns import now
from lazulite.records.insertion import insert_or_replace
from lazulite.records.tables import decisions, outputs, reuse_index, runs

_STARTS = frozenset({RunStatus.PREPARING, RunStatus.RUNNING})
_PLAIN = ("reused_run_id", "target", "job", "attempt")
_OUTPUT_FIELDS = tuple(field.name for field in fields(OutputRecord))


def record(connection: Connection, run_id: str, changes: Sequence[Change]) -> None:
    """Record changes of the pipeline run `run_id` and its steps, with one event for each, in their order.

    Raises:
        NotFound: the run does not exist, or a subject is neither it nor one of its steps.
    """
    if not changes:
        return
    run_rows.lock(connection, run_id)
    workspace = _check_subjects(connection, run_id, {change.subject for change in changes})
    at = now()
    _update_runs(connection, changes, at)
    _put_properties(connection, changes)
    _put_decisions(connection, changes)
    _replace_outputs(connection, changes)
    _put_keys(connection, workspace, changes)
    happened = [events.NewEvent(change.subject, change.kind, change.data, change.at) for change in changes]
    events.append(connection, run_id, happened, at)


def _check_subjects(connection: Connection, run_id: str, subjects: set[str]) -> str:
    """The workspace of the run; raises unless every subject belongs to it."""
    own = or_(runs.c.id == run_id, runs.c.parent_id == run_id)
    found: dict[str, str] = {}
    for chunk in labels.chunks(sorted(subjects)):
        rows = connection.execute(select(runs.c.id, runs.c.workspace).where(own, runs.c.id.in_(chunk)))
        found.update({row.id: row.workspace for row in rows})
    unknown = sorted(subjects - found.keys())
    if unknown:
        raise NotFound(
            f"The pipeline run {run_id!r} has no step run {unknown[0]!r}.", kind="run", name=unknown[0]
        )
    return next(iter(found.values()))


def _kept(column: str, new: ColumnElement[Any], *, unless: ColumnElement[bool]) -> ColumnElement[Any]:
    """The new value if there is one, and not where `unless` holds."""
    return case((unless, runs.c[column]), else_=func.coalesce(new, runs.c[column]))


def _run_update() -> Update:
    def given(column: str) -> ColumnElement[Any]:
        return bindparam(f"new_{column}", type_=runs.c[column].type)

    # Spelled out, because a list cannot be a parameter of a statement that is executed for many rows.
    ended = or_(*(runs.c.status == status for status in run_rows.TERMINAL))
    # Once cancellation was asked for, only an end is news.
    being_canceled = (runs.c.status == RunStatus.CANCEL_REQUESTED.value) & given("ended_at").is_(None)
    return (
        update(runs)
        .where(runs.c.id == bindparam("subject"))
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


_RUN_UPDATE = _run_update()


def _update_runs(connection: Connection, changes: Sequence[Change], at: datetime) -> None:
    rows = [
        {
            "subject": change.subject,
            "new_status": None if change.status is None else change.status.value,
            "new_started_at": (change.at or at) if change.status in _STARTS else None,
            "new_ended_at": (change.at or at)
            if change.status is not None and change.status.is_terminal
            else None,
            "new_error": None if change.error is None else dumps(change.error),
            **{f"new_{column}": getattr(change, column) for column in _PLAIN},
        }
        for change in changes
        if change.status or change.error or any(getattr(change, column) is not None for column in _PLAIN)
    ]
    if rows:
        connection.execute(_RUN_UPDATE, rows)


def _put_properties(connection: Connection, changes: Sequence[Change]) -> None:
    rows = (labels.rows_of(change.subject, labels.PROPERTY, change.properties) for change in changes)
    labels.put(connection, list(itertools.chain.from_iterable(rows)))


def _put_decisions(connection: Connection, changes: Sequence[Change]) -> None:
    last = {change.subject: change.decision for change in changes if change.decision is not None}
    rows = [{"run_id": subject, "document": dumps(decision)} for subject, decision in last.items()]
    insert_or_replace(connection, decisions, rows)


def _replace_outputs(connection: Connection, changes: Sequence[Change]) -> None:
    last = {change.subject: change.outputs for change in changes if change.outputs is not None}
    if not last:
        return
    connection.execute(
        delete(outputs).where(outputs.c.run_id == bindparam("of")), [{"of": one} for one in last]
    )
    rows = [
        {"run_id": subject, "position": position, **{name: getattr(output, name) for name in _OUTPUT_FIELDS}}
        for subject, written in last.items()
        for position, output in enumerate(written)
    ]
    if rows:
        connection.execute(insert(outputs), rows)


def _put_keys(connection: Connection, workspace: str, changes: Sequence[Change]) -> None:
    last = {change.subject: change.reusable_key for change in changes if change.reusable_key is not None}
    rows = [{"run_id": subject, "workspace": workspace, "key": key} for subject, key in last.items()]
    insert_or_replace(connection, reuse_index, rows)
