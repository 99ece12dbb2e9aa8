"""SELECT, with grouping, and ORDER BY … FETCH around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lazulite.usql import tree
from lazulite.usql.bind import sources, windows
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.rowsets import Names, Rowset, check_column_type, distinct, listed, name_of
from lazulite.usql.bind.scope import Scope, Source
from lazulite.usql.bind.value import Value, Wrong, key_of, wrong_type
from lazulite.usql.extract.parameters import Column
from lazulite.usql.types import LONG

_MOST = 10_000  # what U-SQL allows a FETCH in a query


@dataclass(frozen=True)
class _Parts:
    """A SELECT taken apart, so that an order can be added."""

    columns: tuple[Column, ...]
    values: list[Value]
    head: str
    tail: str
    binder: Binder

    @property
    def sql(self) -> str:
        return f"{self.head} {listed(self.values)}{self.tail}"

    def distinct(self) -> _Parts:
        """Each row once; of decimals that are equal one stands for all."""
        keys = ", ".join(key_of(value.sql, value.type) for value in self.values)
        exact = all(value.type.name != "decimal" for value in self.values)
        return replace(self, head="SELECT DISTINCT" if exact else f"SELECT DISTINCT ON ({keys})")

    def rowset(self, order: str = "") -> Rowset:
        return Rowset(self.sql + order, self.columns)


def select(names: Names, node: tree.Select) -> Rowset:
    return _parts(names, node).rowset()


def _parts(names: Names, node: tree.Select) -> _Parts:
    from_sql, seen = ("", ()) if node.source is None else sources.bound(names, node.source)
    outer = names.binder.scope
    scope = replace(outer, sources=(*outer.sources, *seen))
    binder = names.seeing(scope, grouped=True)
    where = "" if node.where is None else f" WHERE {names.seeing(scope).boolean(node.where).sql}"
    keys = [names.seeing(scope).bind(each) for each in node.group_by]
    binder = replace(binder, decimal_keys=frozenset(key.sql for key in keys if key.type.name == "decimal"))
    columns, values = _items(binder, node, seen)
    grouping = _grouping(binder, node, keys, seen)
    having = "" if node.having is None else f" HAVING {binder.boolean(node.having).sql}"
    tail = (f" FROM {from_sql}" if from_sql else "") + where + grouping + having
    parts = _Parts(columns, values, "SELECT", tail, binder)
    return parts.distinct() if node.distinct else parts


def _items(
    binder: Binder, node: tree.Select, seen: Sequence[Source]
) -> tuple[tuple[Column, ...], list[Value]]:
    columns: list[Column] = []
    values: list[Value] = []
    for item in node.items:
        if isinstance(item, tree.Star):
            chosen = _starred(item, seen)
            if not chosen:
                raise wrong_type(f"there is no rowset for {item.of + '.' if item.of else ''}*", item.at)
            for source in chosen:
                values += [binder.column(source.value(index)) for index in range(len(source.columns))]
                columns += source.columns
            continue
        value = binder.bind(item.value)
        check_column_type(value, item)
        values.append(value)
        columns.append(Column(name_of(item), value.type))
    distinct(columns, node)
    return tuple(columns), values


def _starred(star: tree.Star, seen: Sequence[Source]) -> list[Source]:
    return [source for source in seen if star.of is None or source.alias == star.of]


# --- grouping --------------------------------------------------------------------------------------------------------


def _aggregates(node: tree.Node) -> bool:
    return any(
        isinstance(each, tree.SqlCall) and each.over is None and each.function != "EXPLODE"
        for each in tree.walk(node)
    )


def _grouping(binder: Binder, node: tree.Select, keys: list[Value], seen: Sequence[Source]) -> str:
    grouped = bool(node.group_by) or node.having is not None or any(_aggregates(item) for item in node.items)
    if not grouped:
        return ""
    known = _Grouped(binder, node.group_by, {key.sql for key in keys})
    for item in node.items:
        if isinstance(item, tree.Star):
            for source in _starred(item, seen):
                known.check_all(source, item)
        else:
            known.check(item.value)
    if node.having is not None:
        known.check(node.having)
    if not keys:
        return ""
    return " GROUP BY " + ", ".join(f"({key_of(key.sql, key.type)})" for key in keys)


def _ungrouped(name: str, node: tree.Node) -> Wrong:
    return Wrong(
        wrong_type("", node.at).kind,
        "E_CSC_USER_COLUMNNOTINGROUPBYLIST",
        f"the column {name} is neither in GROUP BY nor inside an aggregate",
        node.at,
        f"Write GROUP BY {name}, or ANY_VALUE({name}).",
    )


@dataclass(frozen=True)
class _Grouped:
    """Checks that what stands outside of aggregates is in GROUP BY."""

    binder: Binder
    nodes: tuple[tree.Expression, ...]
    keys: set[str]

    def check(self, node: tree.Node) -> None:
        if isinstance(node, tree.SqlCall) and node.over is None:
            return
        if isinstance(node, tree.Expression) and node in self.nodes:
            return
        column = self._column(node)
        if column is None:
            for child in tree.children(node):
                self.check(child)
        elif column.sql not in self.keys:
            raise _ungrouped(node.text if isinstance(node, tree.Name) else getattr(node, "name", ""), node)

    def check_all(self, source: Source, node: tree.Node) -> None:
        """The same for `*`."""
        for index, column in enumerate(source.columns):
            if source.value(index).sql not in self.keys:
                raise _ungrouped(column.name, node)

    def _column(self, node: tree.Node) -> Value | None:
        if isinstance(node, tree.Name):
            return self.binder.scope.find(node.text, node.at)
        if isinstance(node, tree.Member):
            source = self.binder.scope.rowset(node.target)
            return None if source is None else self.binder.scope.member(source, node.name, node.at)
        return None


# --- order -----------------------------------------------------------------------------------------------------------


def ordered(names: Names, node: tree.Ordered) -> Rowset:
    """`query ORDER BY … FETCH n`; without a FETCH or OFFSET U-SQL refuses the order (trap 12)."""
    if node.fetch is None:
        raise Wrong(
            wrong_type("", node.at).kind,
            "E_CSC_USER_ORDERBYWITHOUTFETCH",
            "ORDER BY of a query needs FETCH or OFFSET: a rowset has no order",
            node.order_by[0].at if node.order_by else node.at,
            "Write FETCH n ROWS, or give ORDER BY to OUTPUT.",
        )
    return _with_order(names, node.query, node.order_by, node.fetch, limited=True)


def output_order(names: Names, node: tree.Output) -> Rowset:
    """The rows of an OUTPUT in its order."""
    if not node.order_by and node.fetch is None:
        from lazulite.usql.bind.queries import bound

        return bound(names, node.rows)
    return _with_order(names, node.rows, node.order_by, node.fetch, limited=False)


def _with_order(
    names: Names,
    query: tree.Query,
    order_by: tuple[tree.Ordering, ...],
    fetch: tree.Fetch | None,
    *,
    limited: bool,
) -> Rowset:
    from lazulite.usql.bind.queries import bound

    if isinstance(query, tree.Select):
        parts = _parts(names, query)
        named = {column.name: value for column, value in zip(parts.columns, parts.values, strict=True)}
        binder = parts.binder.within(named)
    else:
        rowset = bound(names, query)
        source = Source(None, "o", rowset.columns)
        binder = names.seeing(Scope((source,)))
        values = [source.value(index) for index in range(len(rowset.columns))]
        parts = _Parts(rowset.columns, values, "SELECT", f" FROM ({rowset.sql}) AS o", binder)
    order = ", ".join(windows.ordering(binder, each) for each in order_by)
    return parts.rowset((f" ORDER BY {order}" if order else "") + _limit(names, fetch, limited=limited))


def _limit(names: Names, fetch: tree.Fetch | None, *, limited: bool) -> str:
    if fetch is None:
        return ""
    sql = ""
    for word, node in (("LIMIT", fetch.rows), ("OFFSET", fetch.offset)):
        if node is None:
            continue
        value = names.seeing(Scope()).bind(node)
        if not value.constant or value.type.name not in {"int", "long"}:
            raise wrong_type(
                f"{'FETCH' if word == 'LIMIT' else 'OFFSET'} needs a constant number of rows", node.at
            )
        if limited and word == "LIMIT" and value.number is not None and not 1 <= value.number <= _MOST:
            raise wrong_type(f"FETCH takes 1 to {_MOST} rows, not {value.number}", node.at)
        sql += f" {word} CAST({value.sql} AS {LONG.duckdb})"
    return sql
