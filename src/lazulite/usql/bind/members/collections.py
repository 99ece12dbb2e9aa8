"""Arrays, maps and what LINQ does with them, by DuckDB's lists and lambdas."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from lazulite.usql import tree, types
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import default_of
from lazulite.usql.bind.members import Member, Use
from lazulite.usql.bind.value import Value, key_of, null_checked, unsupported, wrong_type
from lazulite.usql.types import BOOL, DOUBLE, INT, LONG, Type, array_of, pair_of

_numbers = itertools.count(1)


def _element(value: Value) -> Type:
    assert value.type.element is not None  # noqa: S101
    return value.type.element


def sequence(value: Value) -> Value:
    """A map as the sequence of its pairs; an array as it is."""
    if value.type.name == "SQL.MAP" and value.type.key is not None:
        return Value(f"map_entries({value.sql})", array_of(pair_of(value.type.key, _element(value))))
    return value


def lambda_sql(use: Use, index: int, *parameters: Type) -> tuple[str, Value]:
    """`lambda x: …` for DuckDB, and its bound body."""
    node = use.nodes[index].value if index < use.count else None
    if not isinstance(node, tree.Lambda) or len(node.parameters) > len(parameters):
        raise wrong_type(f"{use.name} needs a lambda of {len(parameters)} parameters", use.at)
    if isinstance(node.body, tree.Block):
        raise unsupported(
            "a lambda with statements is not supported in an expression",
            node.at,
            "Write it as one expression.",
        )
    number = next(_numbers)
    names = [f"p{number}_{position}" for position in range(len(node.parameters))]
    known = {
        parameter.name: Value(name, type_)
        for parameter, name, type_ in zip(node.parameters, names, parameters, strict=False)
    }
    body = use.binder.within(known).bind(node.body)
    return f"lambda {', '.join(names)}: {body.sql}", body


def _keys_of(value: Value) -> str:
    """SQL of an array of decimals as an array of what is the same for equal ones."""
    return f"list_transform({value.sql}, lambda k: {key_of('k', _element(value))})"


def _checked(use: Use, sql: str, type_: Type) -> Value:
    return Value(null_checked(use.on, sql), type_)


def _where(use: Use) -> Value:
    on = sequence(use.on)
    function, body = lambda_sql(use, 0, _element(on))
    if body.type != BOOL:
        raise wrong_type("Where needs a lambda that gives a bool", use.at)
    return _checked(use, f"list_filter({on.sql}, {function})", on.type)


def _filtered(use: Use) -> Value:
    on = sequence(use.on)
    if not use.nodes:
        return on
    function, _ = lambda_sql(use, 0, _element(on))
    return Value(f"list_filter({on.sql}, {function})", on.type)


def _select(use: Use) -> Value:
    on = sequence(use.on)
    function, body = lambda_sql(use, 0, _element(on))
    return _checked(use, f"list_transform({on.sql}, {function})", array_of(body.type))


def _any(use: Use) -> Value:
    return _checked(use, f"(len({_filtered(use).sql}) > 0)", BOOL)


def _all(use: Use) -> Value:
    on = sequence(use.on)
    function, _ = lambda_sql(use, 0, _element(on))
    return _checked(use, f"(len(list_filter({on.sql}, {function})) = len({on.sql}))", BOOL)


def _count(use: Use) -> Value:
    if use.on.type.name == "SQL.MAP" and not use.nodes:
        return _checked(use, f"CAST(cardinality({use.on.sql}) AS INTEGER)", INT)
    return _checked(use, f"CAST(len({_filtered(use).sql}) AS INTEGER)", INT)


def _first(index: str, or_default: bool) -> Member:
    def member(use: Use) -> Value:
        found = _filtered(use)
        element = _element(found)
        other = (
            default_of(element).sql
            if or_default
            else "error('the sequence has no element (InvalidOperationException)')"
        )
        return _checked(
            use, f"CASE WHEN len({found.sql}) > 0 THEN ({found.sql})[{index}] ELSE {other} END", element
        )

    return member


def _contains(use: Use) -> Value:
    element = _element(use.on)
    value = casts.implicit(use.value(0), element, use.at).sql
    if element.name == "decimal":
        return _checked(
            use, f"coalesce(list_contains({_keys_of(use.on)}, {key_of(value, element)}), false)", BOOL
        )
    if element.nullable:
        return _checked(
            use,
            f"CASE WHEN {value} IS NULL THEN len({use.on.sql}) > len(list_filter({use.on.sql}, lambda e: e IS NOT NULL)) ELSE list_contains({use.on.sql}, {value}) END",
            BOOL,
        )
    return _checked(use, f"list_contains({use.on.sql}, {value})", BOOL)


def _same(use: Use) -> Value:
    return sequence(use.on)


def _distinct(use: Use) -> Value:
    on = use.on
    if _element(on).name == "decimal":
        return _checked(use, f"usql_decimal_distinct({on.sql})", on.type)
    firsts = f"list_filter({on.sql}, lambda e, i: list_position({on.sql}, e) = i OR (e IS NULL AND NOT list_contains(list_transform(({on.sql})[:i - 1], lambda z: z IS NULL), true)))"
    return _checked(use, firsts, on.type)


def _slice(sql: str) -> Member:
    return lambda use: _checked(
        use, sql.format(l=use.on.sql, n=f"greatest({use.argument(0, INT)}, 0)"), use.on.type
    )


def _ordered(descending: bool) -> Member:
    def member(use: Use) -> Value:
        on = sequence(use.on)
        function, body = lambda_sql(use, 0, _element(on))
        keys = f"list_transform({on.sql}, {function})"
        if body.type.name == "decimal":
            keys = f"list_transform({keys}, lambda k: usql_decimal_key(k))"
        direction, nulls = ("DESC", "NULLS LAST") if descending else ("ASC", "NULLS FIRST")
        # Pairs of key and place: the order is stable, as LINQ's is.
        place = "-i" if descending else "i"
        pairs = f"list_transform({keys}, lambda k, i: {{'k': k, 'i': {place}}})"
        places = f"list_sort({pairs}, '{direction}', '{nulls}')"
        picked = f"list_transform({places}, lambda s: ({on.sql})[abs(s.i)])"
        return _checked(use, picked, on.type)

    return member


def _total(function: str) -> Member:
    """Sum, Min, Max, Average of numbers, of the elements or of what a lambda makes of them."""

    def member(use: Use) -> Value:
        values = _select(use) if use.nodes else use.on
        element = _element(values)
        if function == "avg":
            if element.name == "decimal":
                return _checked(use, f"usql_decimal_avg({values.sql})", element)
            return _checked(use, f"list_avg(list_transform({values.sql}, lambda n: n::DOUBLE))", DOUBLE)
        if element.name == "decimal":
            if function != "sum":
                keys = _keys_of(values)
                place = f"list_position({keys}, list_{function}({keys}))"
                return _checked(use, f"({values.sql})[{place}]", element)
            return _checked(use, f"coalesce(usql_decimal_sum({values.sql}), '0')", element)
        sql = f"CAST(list_{function}({values.sql}) AS {element.duckdb})"
        return _checked(use, f"coalesce({sql}, 0)" if function == "sum" else sql, element)

    return member


def _aggregate(use: Use) -> Value:
    element = _element(use.on)
    function, _ = lambda_sql(use, 0, element, element)
    return _checked(use, f"list_reduce({use.on.sql}, {function})", element)


def _joined(sql: str) -> Member:
    """Two arrays made one; `{k}` in the SQL is what compares an element `e`, `{bk}` the other array as that."""

    def member(use: Use) -> Value:
        other = casts.implicit(use.value(0), use.on.type, use.at)
        exact = _element(use.on).name != "decimal"
        distinct = "list_distinct" if exact else "usql_decimal_distinct"
        parts = {"a": use.on.sql, "b": other.sql, "bk": other.sql if exact else _keys_of(other)}
        return _checked(
            use, sql.format(**parts, k=key_of("e", _element(use.on)), distinct=distinct), use.on.type
        )

    return member


def _range(use: Use) -> Value:
    """`Enumerable.Range(start, count)`."""
    use.counted(2)
    start, count = use.argument(0, INT), use.argument(1, INT)
    numbers = f"CAST(range(CAST({start} AS BIGINT), CAST({start} AS BIGINT) + {count}) AS INTEGER[])"
    wrong = "error('Range has a negative count (ArgumentOutOfRangeException)')"
    return Value(f"CASE WHEN {count} < 0 THEN {wrong} ELSE {numbers} END", array_of(INT))


# --- maps ------------------------------------------------------------------------------------------------------------


def _contains_key(use: Use) -> Value:
    assert use.on.type.key is not None  # noqa: S101
    key = use.argument(0, use.on.type.key)
    if use.on.type.key.name == "decimal":
        return _checked(use, f"list_contains({_keys_of(_keys(use))}, {key_of(key, use.on.type.key)})", BOOL)
    return _checked(use, f"map_contains({use.on.sql}, {key})", BOOL)


def _keys(use: Use) -> Value:
    assert use.on.type.key is not None  # noqa: S101
    return _checked(use, f"map_keys({use.on.sql})", array_of(use.on.type.key))


def _values(use: Use) -> Value:
    return _checked(use, f"map_values({use.on.sql})", array_of(_element(use.on)))


def _pair(part: str) -> Member:
    def member(use: Use) -> Value:
        type_ = use.on.type.key if part == "key" else use.on.type.element
        assert type_ is not None  # noqa: S101
        return Value(f'({use.on.sql})."{part}"', type_)

    return member


def json_tuple(use: Use) -> Value:
    """`JsonFunctions.JsonTuple(json, path, …)` of the published library: a map of the values at the paths."""
    paths = ", ".join(use.argument(number, types.STRING) for number in range(1, use.count))
    text = use.argument(0, types.STRING)
    return Value(
        f"usql_json_tuple({text}, CAST([{paths}] AS VARCHAR[]))", types.map_of(types.STRING, types.STRING)
    )


def index(use: Use) -> Value:
    """`array[i]` from 0, `map[key]` (the type's default where the key is missing), `text[i]`."""
    on = use.on
    if on.type.name == "SQL.MAP" and on.type.key is not None:
        key = use.argument(0, on.type.key)
        found = f"({on.sql})[{key}]"
        if on.type.key.name == "decimal":
            at = f"list_position({_keys_of(_keys(use))}, {key_of(key, on.type.key)})"
            found = f"(map_values({on.sql}))[{at}]"
        element = _element(on)
        return _checked(
            use, found if element.nullable else f"coalesce({found}, {default_of(element).sql})", element
        )
    place = use.value(0)
    if not place.type.is_integer:
        raise wrong_type(f"an index is an integer, not {place.type}", use.at)
    if on.type.element is not None:
        return _checked(use, f"usql_at({on.sql}, {place.sql})", on.type.element)
    if on.type.name == "string":
        return _checked(use, f"usql_unit_at({on.sql}, {place.sql})", types.CHAR)
    if on.type.name == "byte[]":
        return _checked(use, f"CAST(usql_byte_at({on.sql}, {place.sql}) AS UTINYINT)", Type("byte"))
    raise wrong_type(f"a {on.type} has no index", use.at)


_ARRAY: dict[str, Member] = {
    "Where": _where, "Select": _select, "Any": _any, "All": _all, "Count": _count, "Length": _count, "LongCount": lambda use: Value(_count(use).sql + "::BIGINT", LONG),
    "First": _first("1", or_default=False), "FirstOrDefault": _first("1", or_default=True),
    "Last": _first("-1", or_default=False), "LastOrDefault": _first("-1", or_default=True),
    "Single": _first("1", or_default=False), "SingleOrDefault": _first("1", or_default=True),
    "ElementAt": index, "Contains": _contains, "Distinct": _distinct,
    "ToArray": _same, "ToList": _same, "AsEnumerable": _same,
    "Take": _slice("({l})[:{n}]"), "Skip": _slice("({l})[{n} + 1:]"), "Reverse": lambda use: _checked(use, f"list_reverse({use.on.sql})", use.on.type),
    "OrderBy": _ordered(descending=False), "OrderByDescending": _ordered(descending=True),
    "Sum": _total("sum"), "Min": _total("min"), "Max": _total("max"), "Average": _total("avg"), "Aggregate": _aggregate,
    "Concat": _joined("list_concat({a}, {b})"), "Union": _joined("{distinct}(list_concat({a}, {b}))"),
    "Except": _joined("list_filter({a}, lambda e: NOT list_contains({bk}, {k}))"), "Intersect": _joined("list_filter({a}, lambda e: list_contains({bk}, {k}))"),
}  # fmt: skip
_MAP: dict[str, Member] = {"ContainsKey": _contains_key, "Keys": _keys, "Values": _values}
_of_maps: Callable[[str], bool] = lambda name: name not in {"Length", "Contains", "Distinct"}  # noqa: E731

TABLE: dict[tuple[str, str], Member] = {
    (".Enumerable", "Range"): _range,
    (".SqlArray", "Create"): lambda use: sequence(use.value(0)),
    **{("SQL.ARRAY", name): member for name, member in _ARRAY.items()},
    **{("SQL.MAP", name): member for name, member in _ARRAY.items() if _of_maps(name)},
    **{("SQL.MAP", name): member for name, member in _MAP.items()},
    ("KeyValuePair", "Key"): _pair("key"),
    ("KeyValuePair", "Value"): _pair("value"),
    ("byte[]", "Length"): lambda use: _checked(use, f"CAST(octet_length({use.on.sql}) AS INTEGER)", INT),
}
