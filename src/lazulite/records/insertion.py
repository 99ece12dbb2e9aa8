"""Inserting many rows at once, and what may be there already.

For the latter SQLite and Postgres have the same words; SQLAlchemy has a construct for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Rows = Sequence[Mapping[str, Any]]


def insert_stored(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows straight through the driver, which takes half the time of SQLAlchemy's own way.

    Args:
        connection: The transaction.
        table: Where to.
        columns: The columns that are given, in the table's order.
        rows: Their values, as the database stores them: see `columns.words` and `columns.moment`.
    """
    if not rows:
        return
    dialect = connection.dialect
    named = rows if dialect.positional else [dict(zip(columns, row, strict=True)) for row in rows]
    connection.exec_driver_sql(_insertion(table, columns, dialect), list(named))


@lru_cache(maxsize=32)
def _insertion(table: Table, columns: tuple[str, ...], dialect: Dialect) -> str:
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(columns))
    if tuple(compiled.params) != columns:
        raise ValueError(f"{columns} are not in the order of the table {table.name}")
    return str(compiled)


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def insert_or_replace(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows; where the primary key is there already, set the other columns."""
    if rows:
        statement = _insert(connection, table)
        changed = {
            column.name: statement.excluded[column.name]
            for column in table.columns
            if not column.primary_key and column.name in rows[0]
        }
        connection.execute(
            statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed),
            list(rows),
        )


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 60 ms that a local system need not spend

    return postgresql.insert(table)
