"""OUTPUT into several files: `/logs/{day:yyyy}/{region}.csv` is a file for each year and region of the rows.

What the columns in braces say stands in the path, and not in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.usql.bind.rowsets import Rowset
from lazulite.usql.extract import filesets
from lazulite.usql.extract.parameters import Column
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.formatting import has_text, written
from lazulite.usql.text import literal

if TYPE_CHECKING:
    import duckdb


def pieces(
    connection: duckdb.DuckDBPyConnection, rowset: Rowset, folder: Path, pattern: str
) -> Iterator[tuple[Path, Rowset]]:
    """The files with their rows, which keep their order.

    Args:
        rowset: what does not change from one reading to the next, and has all columns of the pattern.
        pattern: the path below `folder`.
    """
    named = set(filesets.columns_of(pattern))
    rest = [number for number, column in enumerate(rowset.columns) if column.name not in named]
    if not rest:
        raise UsqlRuntimeError(f"all columns stand in the path {pattern!r}: nothing is left for the files")
    items = ", ".join(f"c{number} AS c{place}" for place, number in enumerate(rest))
    columns = tuple(rowset.columns[number] for number in rest)
    path = _path(pattern, rowset.columns)
    found = connection.execute(f"SELECT DISTINCT {path} AS path FROM ({rowset.sql}) AS r ORDER BY path")
    for (text,) in found.fetchall():
        if "\0" in text or {"", ".", ".."} & set(text.split("/")):
            raise UsqlRuntimeError(f"the rows make the path {text!r} of {pattern!r}, which no file can have")
        sql = f"SELECT {items} FROM ({rowset.sql}) AS r WHERE {path} = {literal(text)}"
        yield folder / text, Rowset(sql, columns)


def _path(pattern: str, columns: tuple[Column, ...]) -> str:
    """SQL of the path of a row."""
    parts = []
    for fixed, name, part in filesets.pieces_of(pattern):
        parts.append(literal(fixed))
        if name:
            number = next(place for place, column in enumerate(columns) if column.name == name)
            parts.append(f"coalesce({_text(columns[number], f'c{number}', part)}, '')")
    return f"concat({', '.join(parts)})"


def _text(column: Column, value: str, part: str) -> str:
    if column.type.name == "DateTime" and part not in {"", "*"}:
        # A format of one letter is one of .NET's own, unless a percent sign stands before it.
        return f"usql_datetime_format({value}, {literal(part if len(part) > 1 else f'%{part}')})"
    if not has_text(column.type):
        raise UsqlRuntimeError(f"column {column.name} is a {column.type}, which cannot stand in a path")
    return written(column.type, value)
