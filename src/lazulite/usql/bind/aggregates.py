"""U-SQL's own functions: aggregates, and with OVER the window functions."""

from __future__ import annotations

from collections.abc import Callable

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import Binder, type_of
from lazulite.usql.bind.value import Value, key_of, unsupported, wrong_type
from lazulite.usql.types import BOOL, DOUBLE, INTEGERS, LONG, Type, array_of, map_of

Aggregate = Callable[[list[Value], bool, tree.SqlCall], tuple[Callable[[Callable[[str], str]], str], Type]]
"""(arguments, distinct, node) → how to write it around each aggregate call, and its type."""

Written = Callable[[Callable[[str], str]], str]


def sql_call(binder: Binder, node: tree.SqlCall) -> Value:
    """`SUM(x)`, `COUNT(*)`, `ROW_NUMBER() OVER (…)`."""
    if node.function in {"IF", "IIF"}:
        raise unsupported(f"{node.function} is no function of U-SQL", node.at, "Write test ? a : b.")
    from lazulite.usql.bind import windows

    if node.over is not None:
        return windows.over(binder, node)
    if node.function in windows.RANKING:
        raise wrong_type(f"{node.function} needs OVER (…)", node.at)
    if not binder.grouped:
        raise wrong_type(
            f"the aggregate {node.function} cannot stand here", node.at, "It can in SELECT and HAVING."
        )
    written, type_ = aggregate(binder, node)
    return Value(written(lambda call: call), type_)


def aggregate(binder: Binder, node: tree.SqlCall) -> tuple[Written, Type]:
    """How the aggregate is written, given what to append to each aggregate call (a window), and its type."""
    from dataclasses import replace

    inner = replace(binder, grouped=False)
    if node.function == "AGG":
        return _user(inner, node)
    handler = _TABLE.get(node.function)
    if handler is None:
        raise unsupported(f"there is no function {node.function}", node.at)
    if node.star:
        if node.function != "COUNT":
            raise wrong_type(f"only COUNT has *, not {node.function}", node.at)
        return (lambda over: over("count(*)")), LONG.or_null
    values = [inner.bind(each) for each in node.arguments]
    if node.function == "COUNT" and not values:  # COUNT() is COUNT(*)
        return (lambda over: over("count(*)")), LONG.or_null
    return handler(values, node.distinct, node)


def _distinct(distinct: bool, sql: str) -> str:
    return f"DISTINCT {sql}" if distinct else sql


def _listed(value: Value, distinct: bool, over: Callable[[str], str]) -> str:
    if distinct and value.type.name == "decimal":
        return f"usql_decimal_distinct({over(f'list({value.sql})')})"
    return over(f"list({_distinct(distinct, value.sql)})")


def _one(values: list[Value], node: tree.SqlCall) -> Value:
    if len(values) != 1:
        raise wrong_type(f"{node.function} has one argument, {len(values)} are given", node.at)
    return values[0]


def _count(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
    value = _one(values, node)
    sql = key_of(value.sql, value.type)
    return (lambda over: over(f"count({_distinct(distinct, sql)})")), LONG.or_null


def _number(values: list[Value], node: tree.SqlCall) -> Value:
    value = _one(values, node)
    if not value.type.is_number:
        raise wrong_type(f"{node.function} needs a number, not {value.type}", node.at)
    return value


def _sum(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
    value = _number(values, node)
    if value.type.name == "decimal":
        return (lambda over: f"usql_decimal_sum({_listed(value, distinct, over)})"), value.type.or_null
    argument = _distinct(distinct, value.sql)
    if value.type.name in INTEGERS:
        return (lambda over: f"CAST({over(f'sum({argument})')} AS BIGINT)"), LONG.or_null
    real = _distinct(distinct, f"CAST({value.sql} AS DOUBLE)")
    return (lambda over: over(f"sum({real})")), DOUBLE.or_null


def _avg(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
    value = _number(values, node)
    if value.type.name == "decimal":
        return (lambda over: f"usql_decimal_avg({_listed(value, distinct, over)})"), value.type.or_null
    argument = _distinct(distinct, value.sql)
    if value.type.name in INTEGERS:
        # Of no rows the sum is null, and stays so: the count's zero never divides.
        return (
            lambda over: (
                f"CAST({over(f'sum({argument})')} // nullif({over(f'count({argument})')}, 0) AS BIGINT)"
            )
        ), LONG.or_null
    real = _distinct(distinct, f"CAST({value.sql} AS DOUBLE)")
    return (lambda over: over(f"avg({real})")), DOUBLE.or_null


def _extreme(function: str) -> Aggregate:
    def handler(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
        value = _one(values, node)
        if value.type.name == "decimal":
            by = {"min": "arg_min", "max": "arg_max"}[function]
            return (
                lambda over: over(f"{by}({value.sql}, usql_decimal_key({value.sql}))")
            ), value.type.or_null
        return (lambda over: over(f"{function}({value.sql})")), value.type.or_null

    return handler


def _plain(function: str) -> Aggregate:
    def handler(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
        value = _one(values, node)
        return (lambda over: over(f"{function}({value.sql})")), value.type.or_null

    return handler


def _spread(function: str) -> Aggregate:
    def handler(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
        value = _number(values, node)
        argument = _distinct(distinct, f"CAST({value.sql} AS DOUBLE)")
        return (lambda over: over(f"{function}({argument})")), DOUBLE.or_null

    return handler


def _typed(values: list[Value], node: tree.SqlCall) -> list[Value]:
    """The arguments as the types that are written: `MAP_AGG<string, int?>(k, v)`."""
    if not node.types:
        return values
    if len(node.types) != len(values):
        raise wrong_type(
            f"{node.function} has {len(values)} types in <…>, {len(node.types)} are given", node.at
        )
    return [
        casts.implicit(value, type_of(type_), type_.at)
        for value, type_ in zip(values, node.types, strict=True)
    ]


def _array_agg(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
    [value] = _typed([_one(values, node)], node)
    return (lambda over: _listed(value, distinct, over)), array_of(value.type)


def _map_agg(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
    if len(values) != 2:
        raise wrong_type("MAP_AGG has a key and a value", node.at)
    key, value = _typed(values, node)
    pair = f"{{'key': {key.sql}, 'value': {value.sql}}}"
    return (lambda over: f"map_from_entries({over(f'list({pair})')})"), map_of(key.type, value.type)


def _every(function: str) -> Aggregate:
    def handler(values: list[Value], distinct: bool, node: tree.SqlCall) -> tuple[Written, Type]:
        value = casts.implicit(_one(values, node), BOOL.or_null, node.at)
        return (lambda over: over(f"{function}({value.sql})")), BOOL.or_null

    return handler


def _user(binder: Binder, node: tree.SqlCall) -> tuple[Written, Type]:
    name = node.types[0].name if node.types else ""
    found = None if binder.registry is None else binder.registry.aggregate(name)
    if found is None:
        raise unsupported(
            f"the aggregate {name} is C# code, which does not run here",
            node.at,
            f'Write it in Python in usql_udos.py beside the script: register_aggregate("{name}", returns="…").',
        )
    values = [binder.bind(each) for each in node.arguments]
    lists = [f"list({value.sql})" for value in values]
    return (
        lambda over: found.sql_of([over(each) for each in lists], [value.type for value in values])
    ), found.returns


_TABLE: dict[str, Aggregate] = {
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _avg,
    "MIN": _extreme("min"),
    "MAX": _extreme("max"),
    "ANY_VALUE": _plain("any_value"),
    "FIRST": _plain("first"),
    "LAST": _plain("last"),
    "FIRST_VALUE": _plain("first"),
    "LAST_VALUE": _plain("last"),
    "ARRAY_AGG": _array_agg,
    "MAP_AGG": _map_agg,
    "VAR": _spread("var_samp"),
    "VARP": _spread("var_pop"),
    "STDEV": _spread("stddev_samp"),
    "STDEVP": _spread("stddev_pop"),
    "AND_AGG": _every("bool_and"),
    "OR_AGG": _every("bool_or"),
}
