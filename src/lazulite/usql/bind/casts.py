"""Conversions between C#'s types, in SQL: the implicit ones, casts with their truncation and wrapping, `ToString()`."""

from __future__ import annotations

from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.formatting import has_text, written
from lazulite.usql.tree import Span
from lazulite.usql.types import INTEGERS, STRING, Type, converts

# What C# compiles to on the machines ADLA ran on, where a double is too large for an integer.
_OVERFLOWN = {"int": "-2147483648", "long": "-9223372036854775808"}


def wrapped(sql: str, name: str) -> str:
    """SQL of an integer cut to the bits of the type `name`; `sql` is wide enough to hold the exact value."""
    bits, signed, duckdb = INTEGERS[name]
    if bits == 64:
        sql = f"CAST({sql} AS HUGEINT)"
    mask = (1 << bits) - 1
    if not signed:
        return f"CAST(({sql} & {mask}) AS {duckdb})"
    half = 1 << (bits - 1)
    return f"CAST((({sql} + {half}) & {mask}) - {half} AS {duckdb})"


def implicit(value: Value, target: Type, at: Span, what: str = "the value") -> Value:
    """`value` where a `target` is wanted, as C# converts without a cast; an error where it does not."""
    if value.type == target:
        return value
    if value.number is not None and target.name in INTEGERS and _fits(value.number, target.name):
        return Value(f"CAST({value.sql} AS {target.duckdb})", target, value.number, value.constant)
    if not converts(value.type, target):
        raise wrong_type(
            f"{what} is {_a(value.type)}, which does not convert to {target}",
            at,
            f"Cast it: ({target}) …" if value.type.is_number and target.is_number else "",
        )
    return Value(_widened(value, target), target, constant=value.constant)


def _a(type_: Type) -> str:
    return "null" if type_.name == "null" else f"of type {type_}"


def _fits(number: int, name: str) -> bool:
    bits, signed, _ = INTEGERS[name]
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    return low <= number <= high


def _widened(value: Value, target: Type) -> str:
    if (
        value.type.name == "null"
        or (value.type.duckdb != target.duckdb and value.type.name != "decimal")
        or target.name == "decimal"
    ):
        return f"CAST({value.sql} AS {target.duckdb})"
    return value.sql


def cast(value: Value, target: Type, at: Span) -> Value:
    """`(target) value`."""
    source = value.type
    if source.name == "null" or (source.name == target.name and source.nullable == target.nullable):
        return implicit(value, target, at)
    if value.number is not None and target.name in INTEGERS and _fits(value.number, target.name):
        return implicit(value, target, at)
    sql = value.sql
    if source.nullable and not target.nullable and not source.is_reference:
        sql = f"coalesce({sql}, error('null is cast to {target} (InvalidOperationException)'))"
    if source.name != target.name:
        sql = _cast_sql(sql, source, target, at)
    return Value(sql, target, constant=value.constant)


def _cast_sql(sql: str, source: Type, target: Type, at: Span) -> str:
    kinds = (_kind(source), _kind(target))
    if kinds == ("integer", "integer"):
        return wrapped(f"CAST({sql} AS HUGEINT)", _integer(target))
    if kinds == ("real", "integer"):
        return _truncated(sql, _integer(target))
    if kinds == ("decimal", "integer"):
        return f"CAST(CAST(usql_decimal_truncate({sql}) AS HUGEINT) AS {target.duckdb})"
    if kinds == ("real", "decimal"):
        return f"usql_decimal_of_double({sql})"
    if kinds in {("integer", "decimal"), ("integer", "real"), ("real", "real"), ("decimal", "real")}:
        return f"CAST({sql} AS {target.duckdb})"
    raise wrong_type(f"a {source} cannot be cast to {target}", at, _way_out(source, target))


def _kind(type_: Type) -> str:
    if type_.name in INTEGERS or type_.name in {"char", "DayOfWeek"}:
        return "integer"
    return {"float": "real", "double": "real", "decimal": "decimal"}.get(type_.name, type_.name)


def _integer(type_: Type) -> str:
    return {"char": "ushort", "DayOfWeek": "int"}.get(type_.name, type_.name)


def _truncated(sql: str, name: str) -> str:
    wide = "long" if name in {"uint", "long", "ulong"} else "int"
    duckdb = INTEGERS[wide][2]
    whole = f"CASE WHEN {sql} IS NOT NULL THEN coalesce(TRY_CAST(trunc({sql}) AS {duckdb}), {_OVERFLOWN[wide]}) END"
    return whole if name == wide else wrapped(f"({whole})::HUGEINT", name)


def _way_out(source: Type, target: Type) -> str:
    if source.name == "string":
        return f"Write {target.not_null}.Parse(…)."
    return "Write .ToString()." if target.name == "string" else ""


def text_of(value: Value, at: Span) -> str:
    """SQL of `value.ToString()`; NULL for null."""
    if value.type.name == "null":
        return "CAST(NULL AS VARCHAR)"
    if not has_text(value.type):
        raise wrong_type(f"a {value.type} has no text of its own", at)
    return written(value.type, value.sql)


def concatenated(value: Value, at: Span) -> str:
    """SQL of a value in `text + value`: null adds nothing."""
    text = text_of(value, at)
    return f"coalesce({text}, '')" if value.type.nullable else text


def as_string(value: Value, at: Span) -> Value:
    return Value(text_of(value, at), STRING, constant=value.constant)
