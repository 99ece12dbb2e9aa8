"""Literals of C# as SQL: each of the type that C# gives it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lazulite.usql import tree, types
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.value import Value, unsupported
from lazulite.usql.dotnet.numbers import text_of
from lazulite.usql.text import literal
from lazulite.usql.types import BOOL, STRING

_KINDS = tree.LiteralKind


def of(binder: Binder, node: tree.Literal) -> Value:
    value: Any = node.value
    if node.kind is _KINDS.NULL:
        return Value("NULL", types.NULL, constant=True)
    if node.kind is _KINDS.BOOL:
        return Value("true" if value else "false", BOOL, constant=True)
    if node.kind is _KINDS.STRING:
        return Value(
            literal(str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")),
            STRING,
            constant=True,
        )
    if node.kind is _KINDS.CHAR:
        unit = int.from_bytes(str(value).encode("utf-16-le", "surrogatepass"), "little")
        return Value(f"CAST({unit} AS USMALLINT)", types.CHAR, constant=True)
    if node.kind is _KINDS.DECIMAL:
        return Value(literal(text_of(Decimal(value))), types.DECIMAL, constant=True)
    if node.kind in {_KINDS.FLOAT, _KINDS.DOUBLE}:
        type_ = types.of(node.kind.value)
        return Value(f"CAST('{value!r}' AS {type_.duckdb})", type_, constant=True)
    if node.kind in {_KINDS.INT, _KINDS.UINT, _KINDS.LONG, _KINDS.ULONG}:
        type_ = types.of(node.kind.value)
        # The digits of the least int and long are one too many for their type before the minus is applied.
        kept = (
            {1 << 31: "BIGINT", 1 << 63: "HUGEINT"}.get(int(value), type_.duckdb)
            if type_.name in {"int", "long"}
            else type_.duckdb
        )
        return Value(f"CAST({value} AS {kept})", type_, int(value), constant=True)
    raise unsupported(f"a {node.kind.value} literal cannot stand in an expression", node.at)
