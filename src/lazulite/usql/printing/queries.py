"""Queries as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.usql.printing.expressions import expression, listed, orderings
from lazulite.usql.printing.words import column, dotted, name, type_text, variable
from lazulite.usql.tree import (
    Aliased,
    Applier,
    Apply,
    Column,
    Combine,
    Explode,
    Expression,
    External,
    Extract,
    Fetch,
    FunctionCall,
    Hinted,
    Item,
    Join,
    Ordered,
    Ordering,
    Pivot,
    Process,
    Query,
    Reduce,
    RowsetVariable,
    Sample,
    Select,
    SetOperation,
    Star,
    TableReference,
    Unpivot,
    Values,
)

_SIMPLE = (RowsetVariable, TableReference, FunctionCall)
_JOINED = (Join, Apply, Pivot, Unpivot)


def query(node: Query) -> str:
    """Write a query where a whole one is read."""
    return f"({source(node)})" if isinstance(node, (Aliased, *_JOINED)) else _WRITERS[type(node)](node)


def rowset(node: Query) -> str:
    """Write a query where a rowset without alias is read: in parentheses, if it is more than a name."""
    if isinstance(node, _SIMPLE):
        return query(node)
    return f"({source(node)})" if isinstance(node, (Aliased, *_JOINED)) else f"({query(node)})"


def aliased(node: Query) -> str:
    if isinstance(node, Aliased):
        return f"{rowset(node.source)} AS {name(node.alias)}{_columns_of_alias(node.columns)}"
    return rowset(node)


def _columns_of_alias(columns: tuple[Column, ...]) -> str:
    return f"({column_list(columns)})" if columns else ""


def column_list(columns: tuple[Column, ...]) -> str:
    return ", ".join(_column(one) for one in columns)


def _column(node: Column) -> str:
    kind = f" {type_text(node.type)}" if node.type else ""
    default = f" DEFAULT {expression(node.default)}" if node.default is not None else ""
    if node.type is None and node.default is not None:
        return f"{name(node.name)} = {expression(node.default)}"
    return name(node.name) + kind + default


def source(node: Query) -> str:
    """Write what stands behind FROM; a chain of joins is written in a loop."""
    parts: list[str] = []
    found = node
    while True:
        if isinstance(found, Join):
            parts.append(_join(found))
            found = found.left
        elif isinstance(found, Apply):
            parts.append(f" {'OUTER' if found.outer else 'CROSS'} APPLY {_applied(found.applied)}")
            found = found.source
        elif isinstance(found, (Pivot, Unpivot)):
            parts.append(_pivot(found) if isinstance(found, Pivot) else _unpivot(found))
            found = found.source
        else:
            return aliased(found) + "".join(reversed(parts))


def _join(node: Join) -> str:
    kind = node.kind.replace("ANTI SEMI", "ANTISEMI")
    words = f"{kind}JOIN" if kind.endswith("SEMI") else f"{kind} JOIN"
    if node.hint:
        words = f"{node.kind} {node.hint.text} JOIN"
    on = f" ON {expression(node.on)}" if node.on is not None else ""
    return f" {words} {aliased(node.right)}{on}"


def _applied(node: Query) -> str:
    if isinstance(node, Explode):
        return f"EXPLODE({expression(node.value)}) AS {name(node.alias)}{_columns_of_alias(node.columns)}"
    if isinstance(node, Applier):
        alias = f"{name(node.alias)}{_columns_of_alias(node.columns)}"
        return f"USING {expression(node.applier)} AS {alias}{_clauses(node)}"
    return aliased(node)


def _clauses(node: Applier | Process | Reduce | Combine) -> str:
    readonly = f" READONLY {_names(node.readonly)}" if node.readonly is not None else ""
    return readonly + (f" REQUIRED {_names(node.required)}" if node.required is not None else "")


def _names(found: tuple[str, ...] | Star) -> str:
    return "*" if isinstance(found, Star) else ", ".join(column(one) for one in found) or "NONE"


def _pivot(node: Pivot) -> str:
    aggregates = ", ".join(_item(one) for one in node.aggregates)
    values = ", ".join(
        expression(one.value) + (f" AS {name(one.name)}" if one.name is not None else "")
        for one in node.values
    )
    alias = f" AS {name(node.alias)}{_columns_of_alias(node.columns)}" if node.alias is not None else ""
    return f" PIVOT ({aggregates} FOR {expression(node.column, 15)} IN ({values})){alias}"


def _unpivot(node: Unpivot) -> str:
    nulls = " INCLUDE NULLS" if node.include_nulls else ""
    columns = ", ".join(
        expression(one.value, 15) + (f" AS {name(one.name)}" if one.name is not None else "")
        for one in node.columns
    )
    alias = f" AS {name(node.alias)}" if node.alias is not None else ""
    return f" UNPIVOT{nulls} ({name(node.value)} FOR {name(node.name)} IN ({columns})){alias}"


def _item(node: Item | Star) -> str:
    if isinstance(node, Star):
        if node.of is None:
            return "*"
        return f"{variable(node.of[1:]) if node.of.startswith('@') else name(node.of)}.*"
    text = listed((node.value,))
    return f"{text} AS {name(node.name)}" if node.name is not None else text


def _select(node: Select) -> str:
    parts = ["SELECT DISTINCT" if node.distinct else "SELECT", ", ".join(_item(one) for one in node.items)]
    if node.source is not None:
        parts.append(f"FROM {source(node.source)}")
    if node.where is not None:
        parts.append(f"WHERE {expression(node.where)}")
    if node.group_by:
        parts.append(f"GROUP BY {listed(node.group_by)}")
    if node.having is not None:
        parts.append(f"HAVING {expression(node.having)}")
    return " ".join(parts)


def _set_operation(node: SetOperation) -> str:
    parts = []
    found: Query = node
    while isinstance(found, SetOperation) and found.operator != "INTERSECT":
        parts.append(_set_words(found) + rowset_or_select(found.right))
        found = found.left
    if isinstance(found, SetOperation):
        parts.append(_set_words(found) + rowset_or_select(found.right))
        found = found.left
    return rowset_or_select(found) + "".join(reversed(parts))


def rowset_or_select(node: Query) -> str:
    """Write an operand: a SELECT or the like stands for itself, what has operators or orders in parentheses."""
    return query(node) if isinstance(node, (Select, *_SIMPLE)) else rowset(node)


def _set_words(node: SetOperation) -> str:
    words = node.operator + (" ALL" if node.every else "") + (" BY NAME" if node.by_name else "")
    names = [column(one) for one in node.on] + (["*"] if node.on_rest else [])
    return f" {words} ON ({', '.join(names)}) " if names else f" {words} "


def _before_suffix(node: Query) -> str:
    return query(node) if isinstance(node, SetOperation) else rowset_or_select(node)


def order_by(found: tuple[Ordering, ...], fetch: Fetch | None) -> str:
    order = f" ORDER BY {orderings(found)}" if found else ""
    if fetch is None:
        return order
    offset = f" OFFSET {expression(fetch.offset, 15)} ROWS" if fetch.offset is not None else ""
    return order + offset + (f" FETCH {expression(fetch.rows, 15)} ROWS" if fetch.rows is not None else "")


def _sample(node: Sample) -> str:
    on = f" ON {', '.join(column(one) for one in node.on)}" if node.on else ""
    weight = f" WITH WEIGHT AS {name(node.weight)}" if node.weight is not None else ""
    return f"{_before_suffix(node.query)} SAMPLE{on} {node.method} ({listed(node.arguments)}){weight}"


def _reduce(node: Reduce) -> str:
    presort = f" PRESORT {orderings(node.presort)}" if node.presort else ""
    on = f" ON {', '.join(column(one) for one in node.on)}" if node.on else " ALL"
    head = f"REDUCE {aliased(node.source)}{presort}{on} PRODUCE {column_list(node.columns)}"
    return f"{head}{_sorted(node.sorted_by)}{_clauses(node)} USING {expression(node.reducer)}"


def _combine(node: Combine) -> str:
    on = f" ON {expression(node.on)}" if node.on is not None else ""
    head = f"COMBINE {aliased(node.left)} WITH {aliased(node.right)}{on} PRODUCE {column_list(node.columns)}"
    return f"{head}{_sorted(node.sorted_by)}{_clauses(node)} USING {expression(node.combiner)}"


def _process(node: Process) -> str:
    head = f"PROCESS {aliased(node.source)} PRODUCE {column_list(node.columns)}"
    return f"{head}{_clauses(node)} USING {expression(node.processor)}"


def _extract(node: Extract) -> str:
    required = f" REQUIRED {_names(node.required)}" if node.required is not None else ""
    head = f"EXTRACT {column_list(node.columns)} FROM {listed(node.files)}"
    return f"{head}{_sorted(node.sorted_by)}{required} USING {expression(node.extractor)}"


def _sorted(columns: tuple[str, ...]) -> str:
    return f" SORTED BY {', '.join(column(one) for one in columns)}" if columns else ""


def _row(row: tuple[Expression, ...]) -> str:
    return f"({listed(row)})"


_WRITERS: dict[type[Query], Callable[[Any], str]] = {
    Combine: _combine,
    External: lambda node: f"EXTERNAL {dotted(node.source)} {node.verb} {expression(node.text)}",
    Extract: _extract,
    FunctionCall: lambda node: f"{dotted(node.name)}({listed(node.arguments)})",
    Hinted: lambda node: (
        _before_suffix(node.query) + "".join(f" OPTION ({hint.text})" for hint in node.hints)
    ),
    Ordered: lambda node: _before_suffix(node.query) + order_by(node.order_by, node.fetch),
    Process: _process,
    Reduce: _reduce,
    RowsetVariable: lambda node: variable(node.name),
    Sample: _sample,
    Select: _select,
    SetOperation: _set_operation,
    TableReference: lambda node: dotted(node.name),
    Values: lambda node: "VALUES " + ", ".join(_row(row) for row in node.rows),
}
