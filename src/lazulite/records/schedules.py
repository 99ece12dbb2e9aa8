"""Where schedules stand, and the record of every look at them.

A look is one transaction: the check, the new state and the runs it started are there together or not at all, and only
if the state was still the one that the look began from. So a look that is repeated after a crash, or crosses its
owner's change, fires nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import dumps, loads
from lazulite.model.errors import NotFound
from lazulite.model.run import Run, Submission
from lazulite.model.schedule import ScheduleCheck, ScheduleState, Verdict
from lazulite.records import assets, runs, workspaces
from lazulite.records.missing import not_found
from lazulite.records.tables import schedule_checks, schedule_states

#: Of looks that found nothing new, and of all others, so many of each schedule are kept.
KEPT_QUIET, KEPT = 20, 1000


@dataclass(frozen=True)
class Start:
    """A pipeline run that a look starts: its row, those of its steps, and what it is started with."""

    run: Run
    steps: Sequence[Run]
    submission: Submission


@dataclass(frozen=True)
class Waiting:
    """An enabled schedule, and when it is to be looked at."""

    workspace: str
    schedule: str
    next_at: datetime


def put(
    connection: Connection,
    ws_id: str,
    asset: Asset,
    state: ScheduleState,
    check: ScheduleCheck,
    *,
    overwrite: bool,
) -> Asset:
    """Record a schedule's document and where it stands from now on."""
    stored = assets.put(connection, ws_id, asset, overwrite=overwrite)
    _write_state(connection, ws_id, asset.name, state)
    _add_check(connection, ws_id, asset.name, check)
    return stored


def state(connection: Connection, ws_id: str, schedule: str) -> ScheduleState:
    """Return where a schedule stands."""
    found = _state(connection, ws_id, schedule)
    if found is None:
        raise _missing(connection, ws_id, schedule)
    return found


def waiting(connection: Connection) -> tuple[Waiting, ...]:
    """Return the enabled schedules of all workspaces, the next to be looked at first."""
    columns = (schedule_states.c.workspace, schedule_states.c.schedule, schedule_states.c.next_at)
    query = select(*columns).where(schedule_states.c.next_at.is_not(None))
    return tuple(Waiting(*row) for row in connection.execute(query.order_by(schedule_states.c.next_at)))


def record_look(
    connection: Connection,
    ws_id: str,
    schedule: str,
    before: ScheduleState,
    after: ScheduleState,
    checks: Sequence[ScheduleCheck],
    starts: Sequence[Start] = (),
) -> bool:
    """Record a look that began from the state `before`, with the runs it starts.

    Returns:
        Whether it was recorded. If not, the schedule was changed or deleted meanwhile: look again.
    """
    workspaces.lock(connection, ws_id)
    if _state(connection, ws_id, schedule) != before:
        return False
    for start in starts:
        runs.add_pipeline_run(connection, start.run, start.steps, start.submission)
    _write_state(connection, ws_id, schedule, after)
    for check in checks:
        _add_check(connection, ws_id, schedule, check)
    _compact(connection, ws_id, schedule)
    return True


def start_now(connection: Connection, ws_id: str, schedule: str, check: ScheduleCheck, start: Start) -> Run:
    """Record a run that somebody asked for, and that it came from the schedule, whose own times stay as they are."""
    workspaces.lock(connection, ws_id)
    before = state(connection, ws_id, schedule)
    started = runs.add_pipeline_run(connection, start.run, start.steps, start.submission)
    _write_state(connection, ws_id, schedule, replace(before, last_fired_at=check.at))
    _add_check(connection, ws_id, schedule, check)
    _compact(connection, ws_id, schedule)
    return started


def checks(
    connection: Connection, ws_id: str, schedule: str, limit: int, before: int | None
) -> tuple[ScheduleCheck, ...]:
    """Return the newest looks at a schedule, newest first; with `before`, those with a smaller sequence."""
    state(
        connection, ws_id, schedule
    )  # of a schedule that does not exist nothing is listed, not even nothing
    query = select(schedule_checks).where(*_of(schedule_checks, ws_id, schedule))
    if before is not None:
        query = query.where(schedule_checks.c.sequence < before)
    rows = connection.execute(query.order_by(schedule_checks.c.sequence.desc()).limit(limit))
    return tuple(_check(row) for row in rows)


def forget(connection: Connection, ws_id: str, schedule: str) -> None:
    """Remove where a schedule stands and the looks at it: it is deleted."""
    for table in (schedule_states, schedule_checks):
        connection.execute(delete(table).where(*_of(table, ws_id, schedule)))


def _state(connection: Connection, ws_id: str, schedule: str) -> ScheduleState | None:
    query = select(schedule_states.c.next_at, schedule_states.c.document)
    row = connection.execute(query.where(*_of(schedule_states, ws_id, schedule))).first()
    return None if row is None else replace(loads(ScheduleState, row.document), next_at=row.next_at)


def _write_state(connection: Connection, ws_id: str, schedule: str, new: ScheduleState) -> None:
    here = _of(schedule_states, ws_id, schedule)
    document = dumps(replace(new, next_at=None))  # which has a column of its own
    values: dict[str, Any] = {"next_at": new.next_at}
    found = connection.execute(select(schedule_states.c.document).where(*here)).scalar()
    if found is None:
        values |= {"workspace": ws_id, "schedule": schedule, "document": document}
        connection.execute(insert(schedule_states).values(values))
        return
    if found != document:  # of many files it is long
        values["document"] = document
    connection.execute(update(schedule_states).where(*here).values(values))


def _add_check(connection: Connection, ws_id: str, schedule: str, check: ScheduleCheck) -> None:
    connection.execute(
        insert(schedule_checks).values(
            workspace=ws_id,
            schedule=schedule,
            at=check.at,
            verdict=check.verdict.value,
            document=dumps({"reason": check.reason, "run_ids": check.run_ids, "data": check.data}),
        )
    )


def _compact(connection: Connection, ws_id: str, schedule: str) -> None:
    """Remove all but the newest looks."""
    for is_quiet, most in ((True, KEPT_QUIET), (False, KEPT)):
        verdict = schedule_checks.c.verdict
        quiet = verdict == Verdict.NOTHING_NEW.value if is_quiet else verdict != Verdict.NOTHING_NEW.value
        here = (*_of(schedule_checks, ws_id, schedule), quiet)
        newest = select(schedule_checks.c.sequence).where(*here).order_by(schedule_checks.c.sequence.desc())
        last = connection.execute(newest.offset(most).limit(1)).scalar()
        if last is not None:
            connection.execute(delete(schedule_checks).where(*here, schedule_checks.c.sequence <= last))


def _of(table: Any, ws_id: str, schedule: str) -> tuple[ColumnElement[bool], ...]:
    return (table.c.workspace == ws_id, table.c.schedule == schedule)


def _check(row: Row[Any]) -> ScheduleCheck:
    told = json.loads(row.document)
    return ScheduleCheck(
        row.sequence, row.at, Verdict(row.verdict), told["reason"], tuple(told["run_ids"]), told["data"]
    )


def _missing(connection: Connection, ws_id: str, schedule: str) -> NotFound:
    where = workspaces.titled(connection, ws_id)
    known = [asset.name for asset in assets.find(connection, ws_id, AssetKind.SCHEDULE)]
    return not_found("schedule", schedule, where, known)
