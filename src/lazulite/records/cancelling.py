"""A request to cancel a run: an event for the engine, and a status for those who watch."""

from __future__ import annotations

from sqlalchemy import Connection, update

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
