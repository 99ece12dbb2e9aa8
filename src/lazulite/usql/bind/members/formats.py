"""Texts made of values: `$"…{x:N2}"`, `string.Format`, `ToString("…")`."""

from __future__ import annotations

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.members import Member, Use
from lazulite.usql.bind.value import Value, null_checked, unsupported, wrong_type
from lazulite.usql.dotnet import formats
from lazulite.usql.text import literal
from lazulite.usql.types import STRING


def formatted(value: Value, pattern: str, at: tree.Span) -> str:
    """SQL of `value.ToString(pattern)`; NULL for null."""
    if not pattern or value.type.name in {"string", "bool", "char", "null", "Guid"}:
        return casts.text_of(value, at)
    if value.type.name == "DateTime":
        return f"usql_datetime_format({value.sql}, {literal(pattern)})"
    if value.type.is_number:
        whole = "true" if value.type.is_integer else "false"
        return f"usql_number_format({casts.text_of(value, at)}, {literal(pattern)}, {whole})"
    raise unsupported(f"a {value.type} has no format {pattern!r}", at)


def to_string(use: Use) -> Value:
    """`x.ToString()`, `x.ToString("format")`; a culture as the last argument changes nothing here."""
    target = use.on
    pattern = ""
    if use.nodes:
        first = use.nodes[0].value
        if isinstance(first, tree.Literal) and isinstance(first.value, str):
            pattern = first.value
        elif not _is_culture(first):
            return _by_value(use, target)
    value = formatted(target, pattern, use.at)
    # null.ToString() fails for a string; a nullable number gives "".
    sql = null_checked(target, value) if target.type.is_reference else f"coalesce({value}, '')"
    return Value(sql, STRING, constant=target.constant)


def _is_culture(node: tree.Expression) -> bool:
    return isinstance(node, (tree.Member, tree.NewObject)) and "Culture" in repr(node)


def _by_value(use: Use, target: Value) -> Value:
    pattern = use.argument(0, STRING)
    if target.type.name == "DateTime":
        return Value(f"coalesce(usql_datetime_format({target.sql}, {pattern}), '')", STRING)
    if target.type.is_number:
        whole = "true" if target.type.is_integer else "false"
        return Value(
            f"coalesce(usql_number_format({casts.text_of(target, use.at)}, {pattern}, {whole}), '')", STRING
        )
    raise unsupported(f"a {target.type} has no formats", use.at)


def interpolated(binder: Binder, node: tree.Interpolated) -> Value:
    parts: list[str] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(literal(part))
            continue
        width = part.alignment
        number = binder.bind(width).number if width is not None else 0
        if number is None:
            raise wrong_type("the alignment is a constant number", part.at)
        parts.append(_hole(binder.bind(part.value), part.format or "", number, part.at))
    return Value(f"concat({', '.join(parts)})" if parts else "''", STRING)


def _hole(value: Value, pattern: str, width: int, at: tree.Span) -> str:
    text = f"coalesce({formatted(value, pattern, at)}, '')"
    return f"usql_aligned({text}, {width})" if width else text


def string_format(use: Use) -> Value:
    """`string.Format("{0,5:N2} …", a, b)`; the template has to be a constant."""
    nodes = use.nodes[1:] if use.nodes and _is_culture(use.nodes[0].value) else use.nodes
    template = None if not nodes else use.binder.bind(nodes[0].value)
    text = nodes[0].value.value if nodes and isinstance(nodes[0].value, tree.Literal) else None
    if template is None or not isinstance(text, str):
        raise unsupported("string.Format needs a constant text as its format", use.at)
    try:
        holes = formats.holes(text)
    except ValueError as wrong:
        raise wrong_type(str(wrong), use.at) from None
    values = [use.binder.bind(each.value) for each in nodes[1:]]
    parts: list[str] = []
    for before, index, width, pattern in holes:
        if before:
            parts.append(literal(before))
        if index >= len(values):
            raise wrong_type(f"{{{index}}} has no argument (FormatException)", use.at)
        if index >= 0:
            parts.append(_hole(values[index], pattern, width, use.at))
    constant = all(value.constant for value in values)
    return Value(f"concat({', '.join(parts)})" if parts else "''", STRING, constant=constant)


TABLE: dict[tuple[str, str], Member] = {(".string", "Format"): string_format}
