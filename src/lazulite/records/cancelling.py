"""A request to cancel a run: an event for the engine, and a status for those who watch."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from lazulite.model.events import EventKind
from lazulite.model.run import RunKind, RunStatus
from lazulite.records import events, run_rows
from lazulite.records.columns import now
from lazulite.records.tables import runs


def request(connection: Connection, ws_id: str, run_id: str) -> None:
    """Ask for the end of a run. One that has ended, or was asked already, stays as it is.

    An interactive run ends at once: nobody but its owner drives it.
    """
    run = run_rows.get(connection, ws_id, run_id)
    stream = run.parent_id if run.kind is RunKind.STEP and run.parent_id else run.id
    run_rows.lock(connection, stream)
    run = run_rows.get(connection, ws_id, run_id, locked=True)
    if run.status.is_terminal or run.status is RunStatus.CANCEL_REQUESTED:
        return
    here = update(runs).where(runs.c.id == run_id)
    if run.kind is RunKind.INTERACTIVE:
        connection.execute(here.values(status=RunStatus.CANCELED.value, ended_at=now()))
        return
    connection.execute(here.values(status=RunStatus.CANCEL_REQUESTED.value))
    events.append(connection, stream, [events.NewEvent(run_id, EventKind.CANCEL_REQUESTED)], now())


def requests(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return what was asked to end and has not: pairs of a pipeline run and what is meant, itself or one of its steps.

    Told by the status, which stays until the end; so nothing has to be remembered of what was read before.
    """
    query = select(runs.c.id, runs.c.parent_id, runs.c.kind)
    rows = connection.execute(query.where(runs.c.status == RunStatus.CANCEL_REQUESTED.value))
    return tuple(
        (row.parent_id if row.kind == RunKind.STEP.value else row.id, row.id)
        for row in rows
        if row.kind != RunKind.INTERACTIVE.value
    )
