"""Every query of the tree → a `Rowset`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.usql import tree
from lazulite.usql.bind import casts, pivots, selects, sets
from lazulite.usql.bind.expressions import one_type, type_of
from lazulite.usql.bind.rowsets import Names, Rowset, check_column_type, distinct
from lazulite.usql.bind.scope import Scope, Source
from lazulite.usql.bind.value import Value, unsupported, wrong_type
from lazulite.usql.extract.parameters import Column
from lazulite.usql.types import DOUBLE, LONG


def bound(names: Names, node: tree.Query) -> Rowset:
    """The rowset that a query gives; raises `Wrong` with the place of what does not bind."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise unsupported(f"{type(node).__name__} cannot stand here", node.at)
    return handler(names, node)


def _variable(names: Names, node: tree.RowsetVariable) -> Rowset:
    return names.rowset(node)


def _aliased(names: Names, node: tree.Aliased) -> Rowset:
    rowset = bound(names, node.source)
    return renamed(rowset, node.columns, node) if node.columns else rowset


def renamed(rowset: Rowset, columns: tuple[tree.Column, ...], node: tree.Node) -> Rowset:
    """The rowset under other names, and converted where they have types."""
    if len(columns) != len(rowset.columns):
        raise wrong_type(f"{len(columns)} names are given for {len(rowset.columns)} columns", node.at)
    values, found = [], []
    for number, (column, old) in enumerate(zip(columns, rowset.columns, strict=True)):
        value = Value(f"r.c{number}", old.type)
        if column.type is not None:
            value = casts.implicit(value, type_of(column.type), column.at, f"the column {column.name}")
        values.append(value)
        found.append(Column(column.name, value.type))
    distinct(found, node)
    items = ", ".join(f"{value.sql} AS c{number}" for number, value in enumerate(values))
    return Rowset(f"SELECT {items} FROM ({rowset.sql}) AS r", tuple(found))


def _values(names: Names, node: tree.Values) -> Rowset:
    binder = names.binder  # in an APPLY it sees the columns before it
    rows = [[binder.bind(each) for each in row] for row in node.rows]
    width = len(rows[0])
    for row, at in zip(rows, node.rows, strict=True):
        if len(row) != width:
            raise wrong_type(
                f"a row of VALUES has {len(row)} values, the first has {width}", at[0].at if at else node.at
            )
    columns = []
    for number in range(width):
        type_ = one_type([row[number] for row in rows], node, f"the values of column {number + 1}")
        check_column_type(Value("", type_), node)
        columns.append(Column(f"Column_{number}", type_))
    texts = [
        "("
        + ", ".join(
            f"CAST({casts.implicit(value, column.type, node.at).sql} AS {column.type.duckdb})"
            for value, column in zip(row, columns, strict=True)
        )
        + ")"
        for row in rows
    ]
    heads = ", ".join(f"c{number}" for number in range(width))
    return Rowset(f"SELECT * FROM (VALUES {', '.join(texts)}) AS v({heads})", tuple(columns))


def _sample(names: Names, node: tree.Sample) -> Rowset:
    rowset = bound(names, node.query)
    share = names.seeing(Scope()).bind(node.arguments[0])
    if not share.constant:
        raise wrong_type("SAMPLE has a constant", node.at)
    if node.method == "ANY":
        return _weighed(
            f"SELECT * FROM ({rowset.sql}) AS s LIMIT {casts.implicit(share, LONG, node.at).sql}",
            rowset,
            node,
            "1.0",
        )
    part = casts.implicit(share, DOUBLE, node.at).sql
    weight = f"1.0 / ({part})"
    if node.method == "UNIFORM":
        return _weighed(f"SELECT * FROM ({rowset.sql}) AS s WHERE random() < {part}", rowset, node, weight)
    if node.method == "UNIVERSE":
        if not node.on:
            raise wrong_type(
                "SAMPLE UNIVERSE takes whole groups of rows", node.at, "Write ON and the columns of a group."
            )
        source = Source(None, "s", rowset.columns)
        keys = ", ".join(
            names.seeing(Scope((source,))).bind(tree.Name(each, at=node.at)).sql for each in node.on
        )
        test = f"hash({keys}) / 18446744073709551615.0 < {part}"
        return _weighed(f"SELECT * FROM ({rowset.sql}) AS s WHERE {test}", rowset, node, weight)
    raise unsupported(
        f"SAMPLE {node.method} is not supported", node.at, "There are ANY, UNIFORM and UNIVERSE."
    )


def _weighed(sql: str, rowset: Rowset, node: tree.Sample, weight: str) -> Rowset:
    if node.weight is None:
        return Rowset(sql, rowset.columns)
    added = f"SELECT *, CAST({weight} AS DOUBLE) AS c{len(rowset.columns)} FROM ({sql}) AS w"
    return Rowset(added, (*rowset.columns, Column(node.weight, DOUBLE)))


def _user(names: Names, node: tree.Process | tree.Reduce) -> Rowset:
    return names.places.user(node, [bound(names, node.source)], names.seeing(Scope()))


def _combine(names: Names, node: tree.Combine) -> Rowset:
    return names.places.user(node, [bound(names, node.left), bound(names, node.right)], names.seeing(Scope()))


def _external(names: Names, node: tree.External) -> Rowset:
    raise unsupported(
        "EXTERNAL reads another database, which is not supported",
        node.at,
        "Copy the data with a DataTransferStep.",
    )


_HANDLERS: dict[type, Callable[[Names, Any], Rowset]] = {
    tree.RowsetVariable: _variable,
    tree.Aliased: _aliased,
    tree.Values: _values,
    tree.Sample: _sample,
    tree.Select: lambda names, node: selects.select(names, node),
    tree.Ordered: lambda names, node: selects.ordered(names, node),
    tree.Hinted: lambda names, node: bound(names, node.query),
    tree.SetOperation: lambda names, node: sets.operation(names, node),
    tree.Pivot: lambda names, node: pivots.pivot(names, node),
    tree.Unpivot: lambda names, node: pivots.unpivot(names, node),
    tree.Extract: lambda names, node: names.places.extract(node, names.seeing(Scope())),
    tree.TableReference: lambda names, node: names.places.table(node, names.seeing(Scope())),
    tree.FunctionCall: lambda names, node: names.places.function(node, names.seeing(Scope())),
    tree.Process: _user,
    tree.Reduce: _user,
    tree.Combine: _combine,
    tree.External: _external,
    tree.Join: lambda names, node: selects.select(names, tree.Select((tree.Star(),), node, at=node.at)),
    tree.Apply: lambda names, node: selects.select(names, tree.Select((tree.Star(),), node, at=node.at)),
}
