"""Events: what happened to a pipeline run, in order. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from lazulite.model.codec import dumps
from lazulite.model.events import Event, EventKind
from lazulite.records.columns import moment, words
from lazulite.records.insertion import insert_stored
from lazulite.records.tables import events

_COLUMNS = ("run_id", "subject", "kind", "at", "data")


@dataclass(frozen=True)
class NewEvent:
    """An event that has no place in the order yet."""

    subject: str
    kind: EventKind
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


def append(connection: Connection, run_id: str, new: Sequence[NewEvent], at: datetime) -> None:
    """Append events of one pipeline run, whose row the transaction holds.

    Args:
        at: When those happened that do not say it themselves.
    """
    now = moment(at)
    rows = [
        (
            run_id,
            event.subject,
            event.kind.value,
            now if event.at is None else moment(event.at),
            words(dumps(event.data)),
        )
        for event in new
    ]
    insert_stored(connection, events, _COLUMNS, rows)


def last(connection: Connection, run_id: str) -> int:
    """Return the number of the last event of a pipeline run; 0 if there is none."""
    return (
        connection.execute(select(func.max(events.c.sequence)).where(events.c.run_id == run_id)).scalar() or 0
    )


def after(
    connection: Connection, run_id: str, sequence: int = 0, about: str | None = None
) -> tuple[Event, ...]:
    """Return the events of a pipeline run that come after `sequence`; only those `about` one run, if it is given."""
    here = [events.c.run_id == run_id, events.c.sequence > sequence]
    if about is not None:
        here.append(events.c.subject == about)
    rows = connection.execute(select(events).where(*here).order_by(events.c.sequence))
    return tuple(
        Event(row.sequence, row.run_id, row.subject, EventKind(row.kind), row.at, json.loads(row.data))
        for row in rows
    )
