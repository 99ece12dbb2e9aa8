"""Inserting many rows at once, and what may be there already.

For the latter SQLite and Postgres have the same words; SQLAlchemy has a construct for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, Union

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.dialects import sqlite

from lazulite.records.statements import Row, Statement

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

    Insert = Union[sqlite.Insert, postgresql.Insert]

Rows = Sequence[Row]


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all with the same columns."""
    if rows:
        _statement(_insert, table, tuple(rows[0])).run(connection, rows)


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
    connection.exec_driver_sql(_text(table, columns, dialect), list(named))


@lru_cache(maxsize=32)
def _text(table: Table, columns: tuple[str, ...], dialect: Dialect) -> str:
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(columns))
    if tuple(compiled.params) != columns:
        raise ValueError(f"{columns} are not in the order of the table {table.name}")
    return str(compiled)


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        _statement(_insert_new, table, tuple(rows[0])).run(connection, rows)


def insert_or_replace(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows; where the primary key is there already, set the other columns."""
    if rows:
        _statement(_insert_or_replace, table, tuple(rows[0])).run(connection, rows)


@cache
def _statement(make: Callable[..., Insert], table: Table, columns: tuple[str, ...]) -> Statement:
    return Statement(partial(make, table, columns), columns)


def _insert_new(table: Table, columns: tuple[str, ...], kind: str) -> Insert:
    return _insert(table, columns, kind).on_conflict_do_nothing()


def _insert_or_replace(table: Table, columns: tuple[str, ...], kind: str) -> Insert:
    statement = _insert(table, columns, kind)
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(table: Table, _columns: tuple[str, ...], kind: str) -> Insert:
    if kind == "sqlite":
        return sqlite.insert(table).inline()
    from sqlalchemy.dialects import postgresql  # 60 ms that a local system need not spend

    return postgresql.insert(table).inline()
