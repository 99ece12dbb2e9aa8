"""Counting without races: run numbers of an experiment, versions of an asset."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from lazulite.records.insertion import insert_new
from lazulite.records.tables import counters


def next_number(connection: Connection, ws_id: str, scope: str, name: str) -> int:
    """Return 1, 2, 3 … for each (workspace, scope, name); a number is never given twice, even after deletions."""
    key = {"workspace": ws_id, "scope": scope, "name": name}
    insert_new(connection, counters, [{**key, "value": 0}])
    here = (counters.c.workspace == ws_id, counters.c.scope == scope, counters.c.name == name)
    # The update locks the row, so the value read after it is ours alone.
    connection.execute(update(counters).where(*here).values(value=counters.c.value + 1))
    return int(connection.execute(select(counters.c.value).where(*here)).scalar_one())
