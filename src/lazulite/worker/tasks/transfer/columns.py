"""Rows in a Parquet file, where pyarrow is installed: a file whose name ends in `.parquet`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.transfer.kinds import Spot
from lazulite.worker.tasks.transfer.rows import Rows, as_text

#: So many rows are one group of the file.
_GROUP = 20_000
#: Digits of a decimal, of which the first rows need not have as many as a later one.
_DIGITS = 38


def is_parquet(path: str) -> bool:
    """Whether the name of a file says that it is one."""
    return path.lower().endswith(".parquet")


def write(rows: Rows, destination: Spot) -> int:
    """Write the rows as a file, and return its size. The types are those of the first rows.

    Raises:
        InvalidRequest: pyarrow is not installed, or a later row has a value of another type.
    """
    pyarrow, parquet = _libraries()
    source = iter(rows.values)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        file = Path(folder, "rows.parquet")
        group = list(islice(source, _GROUP))
        schema = _schema(pyarrow, rows.columns, group)
        with parquet.ParquetWriter(file, schema) as writer:
            while True:
                try:
                    writer.write_table(pyarrow.table(_arrays(pyarrow, schema, group), schema=schema))
                except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, OverflowError) as error:
                    raise InvalidRequest(
                        f"A column of {rows.title} has values of several types: {error}. Cast it to text in the "
                        "query, or name the file .csv."
                    ) from error
                group = list(islice(source, _GROUP))
                if not group:
                    break
        destination.store.put(destination.path, file, overwrite=True)
        return file.stat().st_size


@contextmanager
def opened(source: Spot) -> Iterator[Rows]:
    """Give the rows of a file.

    Raises:
        InvalidRequest: pyarrow is not installed, or the file is no Parquet file.
    """
    pyarrow, parquet = _libraries()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        file = source.store.root / source.path if source.store.root else Path(folder, "rows.parquet")
        if source.store.root is None:  # it is read from its end
            with source.store.open_file(source.path) as there, file.open("wb") as here:
                shutil.copyfileobj(there, here, 1 << 20)
        try:
            content = parquet.ParquetFile(file)
        except pyarrow.ArrowInvalid as error:
            raise InvalidRequest(f"{source} is no Parquet file: {error}.") from error
        with content:
            names = tuple(content.schema_arrow.names)
            yield Rows(f"{source}", names, _values(content), lambda row: f"{source}, row {row + 1}")


def _values(content: Any) -> Iterator[tuple[Any, ...]]:
    for batch in content.iter_batches(batch_size=_GROUP):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _schema(pyarrow: Any, names: tuple[str, ...], group: list[Any]) -> Any:
    columns = list(zip(*group, strict=True)) or [()] * len(names)
    return pyarrow.schema(
        [(name, _kind(pyarrow, values)) for name, values in zip(names, columns, strict=True)]
    )


def _kind(pyarrow: Any, values: tuple[Any, ...]) -> Any:
    """The type of a column with these values; text for what Parquet has no type for, such as an address."""
    try:
        found = pyarrow.array(values).type
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, OverflowError):
        return pyarrow.string()
    if pyarrow.types.is_decimal128(found):
        return pyarrow.decimal128(_DIGITS, found.scale)
    known = pyarrow.types.is_null(found) or isinstance(found, pyarrow.BaseExtensionType)
    return pyarrow.string() if known else found


def _arrays(pyarrow: Any, schema: Any, group: list[Any]) -> list[Any]:
    columns = list(zip(*group, strict=True)) or [()] * len(schema)
    return [_array(pyarrow, values, kind) for values, kind in zip(columns, schema.types, strict=True)]


def _array(pyarrow: Any, values: tuple[Any, ...], kind: Any) -> Any:
    if pyarrow.types.is_string(kind):
        return pyarrow.array([as_text(value) for value in values], type=kind)
    return pyarrow.array(values, type=kind)


def _libraries() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise InvalidRequest(
            "A .parquet file needs pyarrow, which is not installed. Run: pip install pyarrow; or name the file .csv."
        ) from error
    return pa, parquet
