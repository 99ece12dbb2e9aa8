"""A query's rows into a file, as they come.

Each row arrives as one text with its end; so the memory of an Arrow array of them, one text behind the other, is what
the file holds, and is written without looking at a row.
"""

from __future__ import annotations

import contextlib
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lazulite.usql.extract.parameters import Column
from lazulite.usql.output import rows
from lazulite.usql.output.parameters import OutputFormat

if TYPE_CHECKING:
    import duckdb

_BATCH = 100_000


@dataclass(frozen=True)
class Written:
    rows: int
    bytes: int


def write(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    columns: Sequence[Column],
    format_: OutputFormat,
    file: Path,
    *,
    packed: bool = False,
) -> Written:
    """Write the rows of `query` (a SELECT with `columns` as `c0`, `c1` …, ordered as wanted) to `file`.

    `packed` makes a gzip file, the same bytes each time. No byte-order mark is written; a character that the encoding
    does not have becomes `?`. Gives rows and bytes (of the text, before packing).
    """
    count = size = 0
    with _opened(file, packed=packed) as stream:
        if format_.header:
            size += stream.write(rows.header(columns, format_).encode(format_.encoding, "replace"))
        result = connection.sql(f"SELECT {rows.row(columns, format_)} AS line FROM ({query}) AS rows")
        for batch in _batches(result):
            count += batch.num_rows
            for text in _texts(batch.column(0)):
                size += stream.write(
                    text
                    if format_.encoding == "utf-8"
                    else str(text, "utf-8").encode(format_.encoding, "replace")
                )
    return Written(count, size)


def _batches(result: duckdb.DuckDBPyRelation) -> Iterator[Any]:
    import duckdb

    try:
        yield from result.to_arrow_reader(_BATCH)
    except OSError as wrong:  # what Arrow makes of DuckDB's errors while rows are on their way
        raise duckdb.Error(str(wrong)) from wrong


@contextlib.contextmanager
def _opened(file: Path, *, packed: bool) -> Iterator[IO[bytes]]:
    with file.open("wb") as raw:
        if not packed:
            yield raw
            return
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as stream, io.BufferedWriter(stream) as buffered:
            yield buffered


def _texts(array: Any) -> Iterator[memoryview]:
    """The bytes of a string array, without its nulls (there are none)."""
    _, offsets, data = array.buffers()
    if data is None:
        return
    width = 8 if str(array.type).startswith("large") else 4
    bounds = memoryview(offsets).cast("q" if width == 8 else "i")
    yield memoryview(data)[bounds[array.offset] : bounds[array.offset + len(array)]]
