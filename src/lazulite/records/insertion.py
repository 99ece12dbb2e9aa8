"""Inserting what may be there already. SQLite and Postgres say it alike; SQLAlchemy has a construct for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Rows = Sequence[Mapping[str, Any]]


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
