"""Text files as a rowset: a relation of DuckDB with the columns of an EXTRACT.

    file ──▶ plain ──▶ proof ──┬─▶ read_csv (vectorised) ─┐
             UTF-8             └─▶ strict (Python)       ─┴─▶ convert ──▶ columns, with those of the file's name

`Rowset.sql` is read where the script uses it, so that DuckDB filters and groups while it reads. A query that fails
over it is given to `Rowset.diagnose`, which reads strictly and raises the error with file, row and byte.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.usql.extract import convert, proof, strict
from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column, TextFormat
from lazulite.usql.extract.plain import plain
from lazulite.usql.failures import ExtractError, UsqlRuntimeError
from lazulite.usql.parsing import parsed
from lazulite.usql.text import literal

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
_numbers = itertools.count(1)


@dataclass
class Rowset:
    """An EXTRACT of text files.

    Args:
        connection: where it is read; has the functions of `usql.dotnet`.
        columns: all columns, in order; those named in `virtual` come from the files' names.
        files: what to read, with the texts of the virtual columns.
        format_: the extractor's parameters.
        scratch: a folder for unpacked copies; whoever made it removes it.
    """

    connection: duckdb.DuckDBPyConnection
    columns: Sequence[Column]
    files: Sequence[Found]
    format_: TextFormat
    scratch: Path
    strictly: bool = False
    _plain: dict[Path, Path] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        convert.check(list(self.columns))

    @property
    def read_columns(self) -> list[Column]:
        """The columns that stand in the files."""
        virtual = self.files[0].values if self.files else {}
        return [column for column in self.columns if column.name not in virtual]

    def sql(self) -> str:
        """A SELECT with the columns as `c0`, `c1` … in their order."""
        if not self.files:
            columns = ", ".join(
                f"NULL::{column.type.duckdb} AS c{number}" for number, column in enumerate(self.columns)
            )
            return f"SELECT {columns} WHERE false"
        return " UNION ALL ".join(self._sql_of(found) for found in self.files)

    def _sql_of(self, found: Found) -> str:
        path = self._plain_of(found)
        quote = None
        if not self.strictly and proof.allows(self.format_) and not self.format_.silent:
            quote = proof.quotes_of(path, self.format_, len(self.read_columns))
        if quote and self.format_.null_escape is not None:
            quote = None  # DuckDB cannot tell a quoted null escape from a bare one
        source = self._strict_table(found) if quote is None else self._vectorised(path, quote)
        items = []
        texts = {column.name: f"c{number}" for number, column in enumerate(self.read_columns)}
        for number, column in enumerate(self.columns):
            if column.name in texts:
                text = self._text(column, texts[column.name], vectorised=quote is not None)
                value = convert.converted(column, text, self.format_)
            else:
                value = self._virtual(column, found)
            items.append(f"{value} AS c{number}")
        return f"SELECT {', '.join(items)} FROM {source}"

    def _text(self, column: Column, text: str, *, vectorised: bool) -> str:
        if not vectorised:
            return text
        null = self.format_.null_escape
        if column.type.name == "string" and not self.format_.empty_is_null:
            text = f"coalesce({text}, '')"
        return text if null is None else f"nullif({text}, {literal(null)})"

    def _virtual(self, column: Column, found: Found) -> str:
        text = literal(found.values[column.name])
        value = self.connection.execute(f"SELECT {parsed(column.type, text)}").fetchall()
        if value[0][0] is None:
            raise UsqlRuntimeError(
                f"{found.file}: {found.values[column.name]!r} in its name is no {column.type} for column {column.name}"
            )
        return f"CAST({parsed(column.type, text)} AS {column.type.duckdb})"

    def _vectorised(self, path: Path, quote: str) -> str:
        columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(self.read_columns)))
        return (
            f"read_csv({literal(str(path))}, auto_detect=false, header=false, delim={literal(self.format_.delimiter)}, "
            f"quote={literal(quote)}, escape={literal(quote)}, columns={{{columns}}}, nullstr='', allow_quoted_nulls=false, "
            f"strict_mode=true, skip={self.format_.skip_rows})"
        )

    def _strict_table(self, found: Found) -> str:
        import pyarrow as pa

        count = len(self.read_columns)
        schema = pa.schema([(f"c{number}", pa.string()) for number in range(count)])

        failed: list[ExtractError] = []

        def batches() -> Iterator[Any]:
            try:
                for rows in self._batches(found):
                    columns = zip(*(row.fields for row in rows), strict=True)
                    yield pa.record_batch(
                        [pa.array(column, pa.string()) for column in columns], schema=schema
                    )
            except ExtractError as wrong:  # DuckDB would pass on its text only
                failed.append(wrong)
                raise

        table = f"usql_strict_{next(_numbers)}"
        reader = pa.RecordBatchReader.from_batches(schema, batches())
        self.connection.register(f"{table}_rows", reader)
        try:
            self.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM {table}_rows")
        except Exception:
            if failed:
                raise failed[0] from None
            raise
        finally:
            self.connection.unregister(f"{table}_rows")
        return table

    def _batches(self, found: Found) -> Iterator[list[strict.Row]]:
        rows = strict.read(self._plain_of(found), self.read_columns, self.format_, found.file)
        while batch := list(itertools.islice(rows, _BATCH)):
            yield batch

    def _plain_of(self, found: Found) -> Path:
        if found.file not in self._plain:
            self._plain[found.file] = plain(found.file, self.format_, self.scratch)
        return self._plain[found.file]

    def diagnose(self) -> None:
        """Read everything strictly.

        Raises:
            ExtractError: the first thing that does not fit, with file, row and byte; nothing if all fits.
        """
        for found in self.files:
            for batch in self._batches(found):
                self._check(batch, found)

    def _check(self, batch: list[strict.Row], found: Found) -> None:
        import pyarrow as pa

        columns = self.read_columns
        texts = zip(*(row.fields for row in batch), strict=True)
        table = pa.table(
            {f"c{number}": pa.array(text, pa.string()) for number, text in enumerate(texts)}
            | {"n": list(range(len(batch)))}
        )
        bad = [convert.is_bad(column, f"c{number}", self.format_) for number, column in enumerate(columns)]
        self.connection.register("usql_batch", table)
        try:
            first = self.connection.execute(
                f"SELECT n, {', '.join(bad)} FROM usql_batch WHERE {' OR '.join(bad)} ORDER BY n LIMIT 1"
            ).fetchall()
        finally:
            self.connection.unregister("usql_batch")
        if not first:
            return
        row, at = batch[first[0][0]], first[0][1:].index(True)
        error, sentence = convert.reason(columns[at], row.fields[at])
        raise ExtractError(
            f"{found.file}, row {row.number}, byte {row.offset}: {sentence}",
            name=error,
            file=str(found.file),
            row=row.number,
            offset=row.offset,
            column=columns[at].name,
        )
