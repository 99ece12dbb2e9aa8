"""Statements that are executed again and again: compiled once, their rows handed to the driver directly.

For a single row SQLAlchemy's own way through a statement costs several times what the database needs for it, and an
engine writes some ten rows of as many tables for every step that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.exc import StatementError
from sqlalchemy.sql.expression import Executable

Row = Mapping[str, Any]


class Statement:
    """What `make` returns for a database, compiled once for each kind of database.

    Args:
        make: From the name of a kind of database to the statement in it.
        columns: Of an insert, the columns that rows have.
    """

    def __init__(self, make: Callable[[str], Executable], columns: Sequence[str] | None = None) -> None:
        self._make = make
        self._columns = columns
        self._compiled: dict[Hashable, _Compiled] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> CursorResult[Any]:
        """Execute it for each row, in one go. `rowcount` of the result is the sum.

        Args:
            rows: At least one; each gives every parameter a value, None included.
        """
        dialect = connection.dialect
        kind = (dialect.name, dialect.driver)
        if kind not in self._compiled:
            self._compiled[kind] = _Compiled(self._make(dialect.name), dialect, self._columns)
        compiled = self._compiled[kind]
        parameters = [compiled.parameters(row) for row in rows]
        options = {"preserve_rowcount": True}
        return connection.exec_driver_sql(
            compiled.text, parameters if len(parameters) > 1 else parameters[0], execution_options=options
        )


class _Compiled:
    """A statement's text for one kind of database, and how a row becomes its parameters."""

    def __init__(self, statement: Executable, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled: Any = statement.compile(  # type: ignore[attr-defined]
            dialect=dialect, column_keys=None if columns is None else list(columns)
        )
        self.text = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        converters = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()
        }
        self._by_place = compiled.positiontup is not None
        self._converters = [(name, converters[name]) for name in compiled.positiontup or converters]

    def parameters(self, row: Row) -> Any:
        """The row as the driver takes it, by place or by name."""
        given = {**self._constants, **row} if self._constants else row
        values = [
            # Most values are plain text or nothing, which reads the same everywhere.
            value
            if (value := given[name]) is None or convert is None or (type(value) is str and value.isascii())
            else self._converted(convert, value)
            for name, convert in self._converters
        ]
        if self._by_place:
            return tuple(values)
        return {name: value for (name, _), value in zip(self._converters, values, strict=True)}

    def _converted(self, convert: Callable[[Any], Any], value: Any) -> Any:
        try:
            return convert(value)
        except ValueError as error:  # as SQLAlchemy would say it
            raise StatementError(str(error), self.text, None, error) from error
