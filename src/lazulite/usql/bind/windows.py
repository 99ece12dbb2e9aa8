"""`… OVER (PARTITION BY … ORDER BY … ROWS …)`: ranking, neighbours, percentiles, and every aggregate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lazulite.usql import tree
from lazulite.usql.bind import aggregates, casts
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.value import Value, key_of, unsupported, wrong_type
from lazulite.usql.types import DOUBLE, INT, LONG, Type

_RANKS = {
    "ROW_NUMBER": ("row_number()", LONG),
    "RANK": ("rank()", LONG),
    "DENSE_RANK": ("dense_rank()", LONG),
    "CUME_DIST": ("cume_dist()", DOUBLE),
    "PERCENT_RANK": ("percent_rank()", DOUBLE),
}
RANKING = {*_RANKS, "NTILE", "LAG", "LEAD", "PERCENTILE_DISC", "PERCENTILE_CONT"}


def ordering(binder: Binder, node: tree.Ordering) -> str:
    """SQL of one item of an ORDER BY: nulls stand last in both directions."""
    value = binder.bind(node.value)
    if value.type.element is not None:
        raise wrong_type(f"a {value.type} has no order", node.at)
    return f"{key_of(value.sql, value.type)} {'DESC' if node.descending else 'ASC'} NULLS LAST"


def over(binder: Binder, node: tree.SqlCall) -> Value:
    """A call with OVER."""
    assert node.over is not None  # noqa: S101
    inner = replace(binder, grouped=binder.grouped)
    window = _window(inner, node.over)
    handler = _SPECIAL.get(node.function)
    if handler is not None:
        return handler(inner, node, window)
    if node.function in _RANKS:
        sql, type_ = _RANKS[node.function]
        if not node.over.order_by:
            raise wrong_type(f"{node.function} needs an ORDER BY in OVER", node.at)
        return Value(f"{sql} OVER ({window})", type_.or_null)
    if node.function in {"FIRST_VALUE", "LAST_VALUE"}:
        value = inner.bind(node.arguments[0])
        return Value(f"{node.function.lower()}({value.sql}) OVER ({window})", value.type.or_null)
    written, type_ = aggregates.aggregate(inner, replace(node, over=None))
    return Value(written(lambda call: f"{call} OVER ({window})"), type_)


def _window(binder: Binder, window: tree.Window) -> str:
    parts = []
    if window.partition_by:
        keys = [binder.bind(each) for each in window.partition_by]
        parts.append("PARTITION BY " + ", ".join(key_of(key.sql, key.type) for key in keys))
    if window.order_by:
        parts.append("ORDER BY " + ", ".join(ordering(binder, each) for each in window.order_by))
    if window.frame is not None:
        parts.append(_frame(binder, window.frame))
    return " ".join(parts)


def _frame(binder: Binder, frame: tree.Frame) -> str:
    start, end = _bound(binder, frame.start), frame.end
    if end is None:
        return f"{frame.unit} BETWEEN {start} AND CURRENT ROW"
    return f"{frame.unit} BETWEEN {start} AND {_bound(binder, end)}"


def _bound(binder: Binder, bound: tree.Bound) -> str:
    if bound.kind == "CURRENT":
        return "CURRENT ROW"
    if bound.rows is None:
        return f"UNBOUNDED {bound.kind}"
    value = binder.bind(bound.rows)
    if not value.constant:
        raise wrong_type("a frame's rows are a constant number", bound.at)
    return f"{casts.implicit(value, LONG, bound.at).sql} {bound.kind}"


def _ntile(binder: Binder, node: tree.SqlCall, window: str) -> Value:
    return Value(
        f"ntile({casts.implicit(binder.bind(node.arguments[0]), LONG, node.at).sql}) OVER ({window})",
        LONG.or_null,
    )


def _neighbour(function: str) -> Callable[[Binder, tree.SqlCall, str], Value]:
    def handler(binder: Binder, node: tree.SqlCall, window: str) -> Value:
        value = binder.bind(node.arguments[0])
        distance = (
            casts.implicit(binder.bind(node.arguments[1]), INT, node.at).sql
            if len(node.arguments) > 1
            else "1"
        )
        type_ = value.type.or_null
        other = (
            f", {casts.implicit(binder.bind(node.arguments[2]), type_, node.at).sql}"
            if len(node.arguments) > 2
            else ""
        )
        return Value(f"{function}({value.sql}, {distance}{other}) OVER ({window})", type_)

    return handler


def _percentile(binder: Binder, node: tree.SqlCall, window: str) -> Value:
    if len(node.within) != 1 or len(node.arguments) != 1:
        raise wrong_type(f"{node.function} has one number and WITHIN GROUP (ORDER BY one column)", node.at)
    share, item = binder.bind(node.arguments[0]), node.within[0]
    value = binder.bind(item.value)
    if not share.constant:
        raise unsupported(f"{node.function} needs a constant between 0 and 1", node.at)
    part = f"CAST({share.sql} AS DOUBLE)"
    type_: Type = DOUBLE if node.function == "PERCENTILE_CONT" else value.type
    sql = f"CAST({value.sql} AS DOUBLE)" if node.function == "PERCENTILE_CONT" else value.sql
    if node.function == "PERCENTILE_CONT":
        part = f"1 - {part}" if item.descending else part
        return Value(f"quantile_cont({sql}, {part}) OVER ({window})", type_.or_null)
    # The first value whose share of the rows up to it reaches the part.
    direction = "DESC" if item.descending else "ASC"
    sorted_ = f"list_sort(list({sql}) FILTER (WHERE {sql} IS NOT NULL) OVER ({window}), '{direction}')"
    return Value(f"usql_percentile({sorted_}, {part})", type_.or_null)


_SPECIAL: dict[str, Callable[[Binder, tree.SqlCall, str], Value]] = {
    "NTILE": _ntile,
    "LAG": _neighbour("lag"),
    "LEAD": _neighbour("lead"),
    "PERCENTILE_DISC": _percentile,
    "PERCENTILE_CONT": _percentile,
}
