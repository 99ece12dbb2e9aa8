"""`Extractors.Parquet` and `Outputters.Parquet`: columns go by their names, values by their types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column
from lazulite.usql.output.write import Written
from lazulite.usql.parsing import parsed
from lazulite.usql.text import literal, name
from lazulite.usql.types import Type

if TYPE_CHECKING:
    import duckdb

_EPOCH = 62_135_596_800_000_000


def read_sql(columns: Sequence[Column], files: Sequence[Found]) -> str:
    """A SELECT of the files' rows with the columns as `c0`, `c1` …"""
    if not files:
        return (
            "SELECT "
            + ", ".join(f"NULL::{each.type.duckdb} AS c{number}" for number, each in enumerate(columns))
            + " WHERE false"
        )
    parts = []
    for found in files:
        items = [f"{_read(column, found)} AS c{number}" for number, column in enumerate(columns)]
        parts.append(f"SELECT {', '.join(items)} FROM read_parquet({literal(str(found.file))}) AS f")
    return " UNION ALL ".join(parts)


def _read(column: Column, found: Found) -> str:
    if column.name in found.values:
        return f"CAST({parsed(column.type, literal(found.values[column.name]))} AS {column.type.duckdb})"
    value = f"f.{name(column.name)}"
    if column.type.name == "DateTime":
        return f"(epoch_us(CAST({value} AS TIMESTAMP)) + {_EPOCH}) * 10"
    return f"CAST({value} AS {column.type.duckdb})"


def write(
    connection: duckdb.DuckDBPyConnection, query: str, columns: Sequence[Column], file: Path
) -> Written:
    """Write the rows of `query`; DateTime becomes TIMESTAMP, decimal DECIMAL(38, 10), char a text."""
    items = ", ".join(
        f"{_written(column.type, f'c{number}')} AS {name(column.name)}"
        for number, column in enumerate(columns)
    )
    found = connection.execute(
        f"COPY (SELECT {items} FROM ({query}) AS r) TO {literal(str(file))} (FORMAT parquet)"
    ).fetchall()
    return Written(int(found[0][0]), file.stat().st_size)


def _written(type_: Type, value: str) -> str:
    if type_.name == "DateTime":
        return f"make_timestamp({value} // 10 - {_EPOCH})"
    if type_.name == "decimal":
        return f"CAST({value} AS DECIMAL(38, 10))"
    return f"usql_char_text({value})" if type_.name == "char" else value
