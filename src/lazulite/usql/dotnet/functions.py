"""The Python functions that SQL may call, registered with a connection under `usql_…`.

They take and give whole vectors (Arrow arrays). A null among the arguments makes the result null, except where the
function is marked as knowing nulls. What a function raises fails the statement with the function's own words.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from lazulite.usql.dotnet import dates, formats, jsons, numbers, regexes, strings, text

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Function:
    """One function: what computes a value, the DuckDB types of its arguments and of its result."""

    compute: Callable[..., Any]
    arguments: tuple[str, ...]
    result: str
    knows_nulls: bool = False


def _decimal_truncate(value: str) -> str:
    return str(numbers.truncated(value))


def _char_parse(value: str) -> int | None:
    units = value.encode("utf-16-le", "surrogatepass")
    return int.from_bytes(units, "little") if len(units) == 2 else None


def _float_parse(spelled: str) -> float | None:
    import struct

    value = numbers.double_parse(spelled)
    try:
        return None if value is None else float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return None


_V, _I, _B, _D, _L, _U = "VARCHAR", "INTEGER", "BOOLEAN", "DOUBLE", "BIGINT", "USMALLINT"

_DECIMALS = {
    **{
        f"usql_decimal_{name}": Function(getattr(numbers, name), (_V, _V), _V)
        for name in ("add", "subtract", "multiply", "divide", "remainder")
    },
    "usql_decimal_parse": Function(numbers.decimal_parse, (_V,), _V),
    "usql_decimal_negate": Function(numbers.negate, (_V,), _V),
    "usql_decimal_key": Function(numbers.key, (_V,), _V),
    "usql_decimal_sum": Function(numbers.total, ("VARCHAR[]",), _V),
    "usql_decimal_avg": Function(numbers.mean, ("VARCHAR[]",), _V),
    "usql_decimal_distinct": Function(numbers.distinct, ("VARCHAR[]",), "VARCHAR[]"),
    "usql_decimal_of_double": Function(numbers.from_double, (_D,), _V),
    "usql_decimal_truncate": Function(_decimal_truncate, (_V,), _V),
    "usql_decimal_round": Function(numbers.rounded, (_V, _I, _B), _V),
    "usql_decimal_floor": Function(partial(numbers.whole, mode="ROUND_FLOOR"), (_V,), _V),
    "usql_decimal_ceil": Function(partial(numbers.whole, mode="ROUND_CEILING"), (_V,), _V),
    "usql_decimal_trunc": Function(partial(numbers.whole, mode="ROUND_DOWN"), (_V,), _V),
}
_NUMBERS = {
    "usql_double_parse": Function(numbers.double_parse, (_V,), _D),
    "usql_float_parse": Function(_float_parse, (_V,), "FLOAT"),
    "usql_round": Function(numbers.round_double, (_D, _I, _B), _D),
    "usql_number_format": Function(formats.number, (_V, _V, _B), _V),
    "usql_aligned": Function(formats.aligned, (_V, _I), _V),
}
_TIMES = {
    "usql_datetime_parse": Function(dates.parse, (_V,), _L),
    "usql_datetime_parse_exact": Function(dates.parse_exact, (_V, _V), _L),
    "usql_datetime_format": Function(dates.format_, (_L, _V), _V),
    "usql_add_months": Function(dates.add_months, (_L, _I), _L),
    "usql_new_datetime": Function(dates.new, ("INTEGER[]",), _L),
    "usql_is_leap_year": Function(calendar.isleap, (_I,), _B),
    "usql_days_in_month": Function(lambda year, month: calendar.monthrange(year, month)[1], (_I, _I), _I),
    "usql_timespan_text": Function(text.timespan_text, (_L,), _V),
    "usql_timespan_parse": Function(text.timespan_parse, (_V,), _L),
}
_STRINGS = {
    "usql_utf16_length": Function(strings.length, (_V,), _I),
    "usql_substring_any": Function(strings.substring, (_V, _I, _I), _V),
    "usql_unit_at": Function(strings.unit_at, (_V, _I), _U),
    "usql_units": Function(text.units, (_V,), "USMALLINT[]"),
    "usql_index_of": Function(strings.index_of, (_V, _V, _I, _B), _I),
    "usql_last_index_of": Function(strings.last_index_of, (_V, _V, _B), _I),
    "usql_upper_any": Function(strings.upper, (_V,), _V),
    "usql_lower_any": Function(strings.lower, (_V,), _V),
    "usql_trim": Function(strings.trim, (_V, _V, _V), _V),
    "usql_is_blank": Function(strings.is_blank, (_V,), _B, knows_nulls=True),
    "usql_split": Function(strings.split, (_V, "VARCHAR[]", _I, _B), "VARCHAR[]"),
    "usql_pad": Function(strings.pad, (_V, _I, _U, _B), _V),
    "usql_insert": Function(strings.insert, (_V, _I, _V), _V),
    "usql_remove": Function(strings.remove, (_V, _I, _I), _V),
    "usql_replace": Function(strings.replace, (_V, _V, _V), _V, knows_nulls=True),
    "usql_compare": Function(strings.compare, (_V, _V, _B), _I, knows_nulls=True),
    "usql_compare_ordinal": Function(strings.compare_ordinal, (_V, _V), _I, knows_nulls=True),
    "usql_starts": Function(strings.starts, (_V, _V, _B, _B), _B),
    "usql_like": Function(strings.like, (_V, _V, _V), _B, knows_nulls=True),
    "usql_decoded": Function(text.decoded, ("BLOB", _V), _V),
    "usql_encoded": Function(text.encoded, (_V, _V), "BLOB"),
    "usql_uri_escape": Function(quote, (_V, _V), _V),
    "usql_uri_unescape": Function(unquote, (_V,), _V),
    "usql_json_tuple": Function(
        jsons.json_tuple, (_V, "VARCHAR[]"), "MAP(VARCHAR, VARCHAR)", knows_nulls=True
    ),
    "usql_byte_at": Function(lambda data, index: data[index], ("BLOB", _I), _I),
}
_CHARACTERS = {
    "usql_char_text": Function(text.char_text, (_U,), _V),
    "usql_char_parse": Function(_char_parse, (_V,), _U),
    "usql_char_is_digit": Function(text.is_digit, (_U,), _B),
    "usql_char_is_letter": Function(text.is_letter, (_U,), _B),
    "usql_char_is_letterordigit": Function(text.is_letter_or_digit, (_U,), _B),
    "usql_char_is_whitespace": Function(text.is_blank, (_U,), _B),
    "usql_char_is_upper": Function(text.is_upper, (_U,), _B),
    "usql_char_is_lower": Function(text.is_lower, (_U,), _B),
    "usql_char_is_punctuation": Function(text.is_punctuation, (_U,), _B),
    "usql_char_to_upper": Function(text.to_upper, (_U,), _U),
    "usql_char_to_lower": Function(text.to_lower, (_U,), _U),
}
_REGEXES = {
    "usql_regex_is_match": Function(regexes.is_match, (_V, _V, _I), _B),
    "usql_regex_match": Function(regexes.match, (_V, _V, _I), "VARCHAR[]"),
    "usql_regex_number": Function(regexes.number, (_V, _V), _I),
    "usql_regex_matches": Function(regexes.matches, (_V, _V, _I), "VARCHAR[]"),
    "usql_regex_replace": Function(regexes.replace, (_V, _V, _V, _I), _V),
    "usql_regex_split": Function(regexes.split, (_V, _V, _I), "VARCHAR[]"),
}
_FUNCTIONS: dict[str, Function] = {**_DECIMALS, **_NUMBERS, **_TIMES, **_STRINGS, **_CHARACTERS, **_REGEXES}


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions and the macros that use them known to `connection`."""
    from lazulite.usql.dotnet import macros

    for name, function in _FUNCTIONS.items():
        add(connection, name, function)
    macros.register(connection)


def add(connection: duckdb.DuckDBPyConnection, name: str, function: Function) -> None:
    """Make one more function known."""
    how: dict[str, Any] = {"type": "arrow", "null_handling": "special"}
    connection.create_function(name, _vectorised(function), list(function.arguments), function.result, **how)


def _vectorised(function: Function) -> Callable[..., Any]:
    compute, knows_nulls = function.compute, function.knows_nulls

    def vector(*columns: Any) -> Any:
        import pyarrow as pa

        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        if knows_nulls:
            values: Sequence[Any] = [compute(*row) for row in rows]
        else:
            values = [None if None in row else compute(*row) for row in rows]
        return pa.array(values, type=arrow_type(function.result))

    # DuckDB counts the parameters of the function it is given.
    shapes: tuple[Callable[..., Any], ...] = (
        lambda a: vector(a),
        lambda a, b: vector(a, b),
        lambda a, b, c: vector(a, b, c),
        lambda a, b, c, d: vector(a, b, c, d),
        lambda a, b, c, d, e: vector(a, b, c, d, e),
    )
    return shapes[len(function.arguments) - 1]


def arrow_type(duckdb_type: str) -> Any:
    """Arrow's type for one of `usql.types`."""
    import pyarrow as pa

    if duckdb_type.endswith("[]"):
        return pa.list_(arrow_type(duckdb_type[:-2]))
    simple = {
        "VARCHAR": pa.string(), "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DOUBLE": pa.float64(),
        "FLOAT": pa.float32(), "BOOLEAN": pa.bool_(), "USMALLINT": pa.uint16(), "BLOB": pa.binary(),
        "TINYINT": pa.int8(), "UTINYINT": pa.uint8(), "SMALLINT": pa.int16(), "UINTEGER": pa.uint32(),
        "UBIGINT": pa.uint64(), "UUID": pa.string(),
    }  # fmt: skip
    if duckdb_type.startswith("MAP("):
        key, _, value = duckdb_type[4:-1].partition(", ")
        return pa.map_(arrow_type(key), arrow_type(value))
    return simple[duckdb_type]
