"""The Python functions that SQL may call, registered with a connection under `usql_…`.

They take and give whole vectors (Arrow arrays). A null among the arguments makes the result null, except where the
function is marked as knowing nulls. What a function raises fails the statement with the function's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lazulite.usql.dotnet import dates, numbers, text

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Function:
    """One function: what computes a value, the DuckDB types of its arguments and of its result."""

    compute: Callable[..., Any]
    arguments: tuple[str, ...]
    result: str
    knows_nulls: bool = False


def _char_parse(value: str) -> int | None:
    units = value.encode("utf-16-le", "surrogatepass")
    return int.from_bytes(units, "little") if len(units) == 2 else None  # noqa: PLR2004 - one unit has two bytes


def _float_parse(spelled: str) -> float | None:
    import struct

    value = numbers.double_parse(spelled)
    try:
        return None if value is None else float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return None


_FUNCTIONS: dict[str, Function] = {
    "usql_datetime_parse": Function(dates.parse, ("VARCHAR",), "BIGINT"),
    "usql_datetime_parse_exact": Function(dates.parse_exact, ("VARCHAR", "VARCHAR"), "BIGINT"),
    "usql_datetime_format": Function(dates.format_, ("BIGINT", "VARCHAR"), "VARCHAR"),
    "usql_double_parse": Function(numbers.double_parse, ("VARCHAR",), "DOUBLE"),
    "usql_float_parse": Function(_float_parse, ("VARCHAR",), "FLOAT"),
    "usql_decimal_parse": Function(numbers.decimal_parse, ("VARCHAR",), "VARCHAR"),
    "usql_decimal_add": Function(numbers.add, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "usql_decimal_subtract": Function(numbers.subtract, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "usql_decimal_multiply": Function(numbers.multiply, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "usql_decimal_divide": Function(numbers.divide, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "usql_decimal_remainder": Function(numbers.remainder, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "usql_decimal_negate": Function(numbers.negate, ("VARCHAR",), "VARCHAR"),
    "usql_decimal_key": Function(numbers.key, ("VARCHAR",), "VARCHAR"),
    "usql_decimal_sum": Function(numbers.total, ("VARCHAR[]",), "VARCHAR"),
    "usql_decimal_avg": Function(numbers.mean, ("VARCHAR[]",), "VARCHAR"),
    "usql_decimal_of_double": Function(numbers.from_double, ("DOUBLE",), "VARCHAR"),
    "usql_decimal_truncate": Function(lambda value: str(numbers.truncated(value)), ("VARCHAR",), "VARCHAR"),
    "usql_decimal_round": Function(numbers.rounded, ("VARCHAR", "INTEGER", "BOOLEAN"), "VARCHAR"),
    "usql_char_text": Function(text.char_text, ("USMALLINT",), "VARCHAR"),
    "usql_timespan_text": Function(text.timespan_text, ("BIGINT",), "VARCHAR"),
    "usql_timespan_parse": Function(text.timespan_parse, ("VARCHAR",), "BIGINT"),
    "usql_char_parse": Function(_char_parse, ("VARCHAR",), "USMALLINT"),
}


def register(connection: duckdb.DuckDBPyConnection, more: dict[str, Function] | None = None) -> None:
    """Make the functions known to `connection`; `more` are further ones, by the name that SQL calls."""
    how: dict[str, Any] = {"type": "arrow", "null_handling": "special"}
    for name, function in (_FUNCTIONS | (more or {})).items():
        connection.create_function(
            name, _vectorised(function), list(function.arguments), function.result, **how
        )


def _vectorised(function: Function) -> Callable[..., Any]:
    compute, knows_nulls = function.compute, function.knows_nulls

    def vector(*columns: Any) -> Any:
        import pyarrow as pa

        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        if knows_nulls:
            values: Sequence[Any] = [compute(*row) for row in rows]
        else:
            values = [None if None in row else compute(*row) for row in rows]
        return pa.array(values, type=_arrow_type(function.result))

    # DuckDB counts the parameters of the function it is given.
    shapes: tuple[Callable[..., Any], ...] = (
        lambda a: vector(a),  # noqa: PLW0108
        lambda a, b: vector(a, b),  # noqa: PLW0108
        lambda a, b, c: vector(a, b, c),  # noqa: PLW0108
        lambda a, b, c, d: vector(a, b, c, d),  # noqa: PLW0108
        lambda a, b, c, d, e: vector(a, b, c, d, e),  # noqa: PLW0108
    )
    return shapes[len(function.arguments) - 1]


def _arrow_type(duckdb_type: str) -> Any:
    import pyarrow as pa

    if duckdb_type.endswith("[]"):
        return pa.list_(_arrow_type(duckdb_type[:-2]))
    simple = {
        "VARCHAR": pa.string(), "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DOUBLE": pa.float64(),
        "FLOAT": pa.float32(), "BOOLEAN": pa.bool_(), "USMALLINT": pa.uint16(), "BLOB": pa.binary(),
    }  # fmt: skip
    return simple[duckdb_type]
