"""PIVOT and UNPIVOT."""

from __future__ import annotations

from dataclasses import replace

from lazulite.usql import tree
from lazulite.usql.bind import aggregates, casts, operators
from lazulite.usql.bind.expressions import one_type
from lazulite.usql.bind.rowsets import Names, Rowset, distinct, name_of
from lazulite.usql.bind.scope import Scope, Source
from lazulite.usql.bind.value import Value, key_of, wrong_type
from lazulite.usql.extract.parameters import Column
from lazulite.usql.text import literal
from lazulite.usql.types import STRING


def _source(names: Names, node: tree.Query) -> tuple[Rowset, Source]:
    from lazulite.usql.bind.queries import bound

    rowset = bound(names, node)
    alias = node.alias if isinstance(node, tree.Aliased) else None
    return rowset, Source(alias, "p", rowset.columns)


def pivot(names: Names, node: tree.Pivot) -> Rowset:
    """A column for each value; rows are grouped by all columns that are not named in it."""
    rowset, source = _source(names, node.source)
    binder = names.seeing(Scope((source,)), grouped=True)
    column = binder.bind(node.column)
    used = {
        each.text
        for part in (*node.aggregates, node.column)
        for each in tree.walk(part)
        if isinstance(each, tree.Name)
    }
    rest = [number for number, each in enumerate(rowset.columns) if each.name not in used]
    keys = [source.value(number) for number in rest]
    grouped = replace(binder, decimal_keys=frozenset(key.sql for key in keys if key.type.name == "decimal"))
    values = [grouped.column(key) for key in keys]
    columns = [rowset.columns[number] for number in rest]
    for wanted in node.values:
        value = binder.bind(wanted.value)
        test = operators.equal(column, value, wanted.at).sql
        for item in node.aggregates:
            if not isinstance(item.value, tree.SqlCall):
                raise wrong_type("PIVOT needs an aggregate", item.at)
            written, type_ = aggregates.aggregate(binder, item.value)
            values.append(Value(written(lambda call, test=test: f"{call} FILTER (WHERE {test})"), type_))  # type: ignore[misc]
            columns.append(Column(_pivoted_name(wanted, item, several=len(node.aggregates) > 1), type_))
    if node.columns:
        if len(node.columns) != len(columns):
            raise wrong_type(f"{len(node.columns)} names are given for {len(columns)} columns", node.at)
        columns = [Column(new.name, old.type) for new, old in zip(node.columns, columns, strict=True)]
    distinct(columns, node)
    items = ", ".join(f"{value.sql} AS c{number}" for number, value in enumerate(values))
    groups = ", ".join(key_of(key.sql, key.type) for key in keys)
    return Rowset(
        f"SELECT {items} FROM ({rowset.sql}) AS p" + (f" GROUP BY {groups}" if groups else ""), tuple(columns)
    )


def _pivoted_name(wanted: tree.PivotValue, item: tree.Item, *, several: bool) -> str:
    name = wanted.name
    if name is None and isinstance(wanted.value, tree.Literal):
        name = str(wanted.value.value)
    if name is None:
        raise wrong_type("the value needs a name", wanted.at, "Write … AS name.")
    return f"{name}_{item.name}" if several and item.name else name


def unpivot(names: Names, node: tree.Unpivot) -> Rowset:
    """A row for each of the columns; nulls are left out unless INCLUDE NULLS is said."""
    rowset, source = _source(names, node.source)
    binder = names.seeing(Scope((source,)))
    picked = [(item, binder.bind(item.value)) for item in node.columns]
    type_ = one_type([value for _, value in picked], node, "the columns")
    gone = {value.sql for _, value in picked}
    rest = [number for number in range(len(rowset.columns)) if source.value(number).sql not in gone]
    columns = [
        *(rowset.columns[number] for number in rest),
        Column(node.value, type_),
        Column(node.name, STRING),
    ]
    distinct(columns, node)
    parts = []
    for item, value in picked:
        label = name_of(item)
        texts = [source.value(number).sql for number in rest]
        texts += [casts.implicit(value, type_, item.at).sql, literal(label)]
        where = "" if node.include_nulls or not type_.nullable else f" WHERE {value.sql} IS NOT NULL"
        items = ", ".join(f"{text} AS c{number}" for number, text in enumerate(texts))
        parts.append(f"SELECT {items} FROM ({rowset.sql}) AS p{where}")
    return Rowset(" UNION ALL ".join(f"({part})" for part in parts), tuple(columns))
