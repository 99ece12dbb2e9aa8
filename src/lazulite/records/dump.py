"""All facts as lines of text, and back: what a backup holds, whatever kind of database they come from or go to.

The first line of a table is an object with its name and columns, each further line the values of a row, as they are
stored (`columns`). Tables come in an order in which every row finds what it hangs below.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    insert,
    select,
    text,
)

from lazulite.model.errors import Conflict, Corrupt
from lazulite.records.columns import Moment
from lazulite.records.tables import metadata, principals, schema_version, workspaces

_AT_ONCE = 1000


def lines(connection: Connection) -> Iterator[str]:
    """Yield all rows of all tables. The transaction must see one state of the database throughout."""
    for table in _tables():
        yield json.dumps({"table": table.name, "columns": [column.name for column in table.columns]})
        found = connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
        for row in found:
            yield json.dumps(list(row), ensure_ascii=False, separators=(",", ":"))


def load(connection: Connection, given: Iterable[str]) -> None:
    """Put rows back, into tables that are empty.

    Raises:
        Conflict: there are rows already.
        Corrupt: the lines are not what `lines` gave.
    """
    for table in (workspaces, principals):
        if connection.execute(select(func.count()).select_from(table)).scalar():
            raise Conflict(
                "The database has records already, and a backup is restored into an empty one only. Choose another."
            )
    known = {table.name: table for table in _tables()}
    try:
        for table, rows in _by_table(given, known):
            connection.execute(insert(table), rows)
    except (ValueError, TypeError, KeyError) as error:
        raise Corrupt(f"The records of the backup are damaged ({error}).") from error
    _count_on(connection)


def _by_table(given: Iterable[str], known: dict[str, Table]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows, some at a time, with the table they belong to."""
    table: Table | None = None
    names: list[str] = []
    rows: list[dict[str, Any]] = []
    for line in given:
        data = json.loads(line)
        begins = isinstance(data, dict)
        if table is not None and rows and (begins or len(rows) >= _AT_ONCE):
            yield table, rows
            rows = []
        if begins:
            table, names = known[data["table"]], data["columns"]
        else:
            rows.append(dict(zip(names, data, strict=True)))
    if table is not None and rows:
        yield table, rows


def _tables() -> list[Table]:
    """The tables with their stored values: no conversion in either direction."""
    return [
        Table(table.name, MetaData(), *(Column(one.name, _stored(one)) for one in table.columns))
        for table in metadata.sorted_tables
        if table is not schema_version
    ]


def _stored(column: Column[Any]) -> Any:
    if isinstance(column.type, Boolean):
        return Boolean()
    if isinstance(column.type, (Moment, Integer)):  # BigInteger is an Integer
        return BigInteger()
    return Text()


def _count_on(connection: Connection) -> None:
    """Let the database number new rows after those that were put back. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            if isinstance(column.type, Integer):
                _set_counter(connection, table.name, column.name)


def _set_counter(connection: Connection, table: str, column: str) -> None:
    counter = connection.execute(select(func.pg_get_serial_sequence(table, column))).scalar()
    if counter:
        last = f'SELECT setval(:counter, coalesce(max("{column}"), 0) + 1, false) FROM "{table}"'  # noqa: S608 - names of ours
        connection.execute(text(last), {"counter": counter})
