"""`new`: arrays, maps, dates and the few other objects that expressions make."""

from __future__ import annotations

from lazulite.usql import tree, types
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import Binder, one_type, type_of
from lazulite.usql.bind.members import Use, collections, times
from lazulite.usql.bind.value import Value, unsupported, wrong_type
from lazulite.usql.types import BYTES, INT, LONG, STRING, TIMESPAN, Type, array_of


def new_object(binder: Binder, node: tree.NewObject) -> Value:
    """`new T(…) { … }`."""
    name = node.type.name.removeprefix("System.").removeprefix("Collections.Generic.")
    use = Use(binder, None, node.arguments, f"new {name}", node.at)
    if name in {"SQL.ARRAY", "SqlArray", "List"}:
        return _array(use, node)
    if name in {"SQL.MAP", "SqlMap", "Dictionary"}:
        return _map(use, node)
    if name == "DateTime":
        return times.new_datetime(use)
    if name == "TimeSpan":
        return _timespan(use)
    if name == "Guid":
        return times.parse(types.GUID)(use)
    if name == "KeyValuePair":
        return _pair(use, node)
    if name in {"string", "String"}:
        return Value(
            f"repeat(usql_char_text({use.argument(0, types.CHAR)}), greatest({use.argument(1, INT)}, 0))",
            STRING,
        )
    raise unsupported(
        f"new {name}(…) is C# code, which does not run here",
        node.at,
        "Write a function in usql_udos.py that does it.",
    )


def _elements(
    binder: Binder, node: tree.Initialiser | None
) -> list[tuple[tree.Expression | tree.Initialiser, ...]]:
    found = []
    for member in () if node is None else node.members:
        if isinstance(member, tree.Element):
            found.append(member.values)
        elif member.index:
            found.append((*member.index, member.value))
        else:
            raise unsupported("an object's members cannot be set here", member.at)
    return found


def _bound(binder: Binder, node: tree.Expression | tree.Initialiser) -> Value:
    if isinstance(node, tree.Initialiser):
        raise unsupported("braces in braces cannot stand here", node.at)
    return binder.bind(node)


def _array(use: Use, node: tree.NewObject) -> Value:
    if len(node.type.arguments) != 1:
        raise wrong_type("an array has one type in <…>", node.at)
    type_ = array_of(type_of(node.type.arguments[0]))
    if node.arguments:
        value = collections.sequence(use.value(0))
        if value.type.element is None:
            raise wrong_type(f"an array is made of a sequence, not of {value.type}", node.at)
        same = value.type.duckdb == type_.duckdb
        return Value(value.sql if same else f"CAST({value.sql} AS {type_.duckdb})", type_)
    return _listed(
        [_bound(use.binder, each[0]) for each in _elements(use.binder, node.initialiser)], type_, node
    )


def _listed(values: list[Value], type_: Type, node: tree.Node) -> Value:
    element = type_.element
    assert element is not None  # noqa: S101
    items = ", ".join(casts.implicit(value, element, node.at, "the element").sql for value in values)
    return Value(
        f"CAST([{items}] AS {type_.duckdb})", type_, constant=all(value.constant for value in values)
    )


def new_array(binder: Binder, node: tree.NewArray) -> Value:
    """`new[] {1, 2}`, `new string[] {…}`."""
    if node.rank != 1 or (node.sizes and node.initialiser is None):
        raise unsupported("only an array with its elements in braces can be made here", node.at)
    values = [_bound(binder, each[0]) for each in _elements(binder, node.initialiser)]
    if node.type is None and not values:
        raise wrong_type("an empty array needs its type", node.at)
    element = one_type(values, node, "the elements") if node.type is None else type_of(node.type)
    made = _listed(values, array_of(element), node)
    if element.name != "byte" or element.nullable:
        return made
    digits = f"array_to_string(list_transform({made.sql}, lambda b: printf('%02x', b)), '')"
    return Value(f"unhex({digits})", BYTES, constant=made.constant)


def _map(use: Use, node: tree.NewObject) -> Value:
    if len(node.type.arguments) != 2:
        raise wrong_type("a map has two types in <…>", node.at)
    key, value = (type_of(each) for each in node.type.arguments)
    type_ = types.map_of(key, value)
    if node.arguments:
        pairs = collections.sequence(use.value(0))
        if pairs.type.element is None or pairs.type.element.name != "KeyValuePair":
            raise wrong_type(f"a map is made of a sequence of KeyValuePair, not of {pairs.type}", node.at)
        return Value(f"CAST(map_from_entries({pairs.sql}) AS {type_.duckdb})", type_)
    keys, values = [], []
    for each in _elements(use.binder, node.initialiser):
        if len(each) != 2:
            raise wrong_type("a map's element is {key, value}", node.at)
        keys.append(casts.implicit(_bound(use.binder, each[0]), key, node.at, "the key").sql)
        values.append(casts.implicit(_bound(use.binder, each[1]), value, node.at, "the value").sql)
    return Value(f"CAST(map([{', '.join(keys)}], [{', '.join(values)}]) AS {type_.duckdb})", type_)


def _pair(use: Use, node: tree.NewObject) -> Value:
    if len(node.type.arguments) != 2:
        raise wrong_type("a KeyValuePair has two types in <…>", node.at)
    key, value = (type_of(each) for each in node.type.arguments)
    type_ = types.pair_of(key, value)
    return Value(
        f"CAST({{'key': {use.argument(0, key)}, 'value': {use.argument(1, value)}}} AS {type_.duckdb})", type_
    )


def _timespan(use: Use) -> Value:
    use.counted(1, 3, 4, 5)
    if use.count == 1:
        return Value(use.argument(0, LONG), TIMESPAN)
    parts = [use.argument(index, INT) for index in range(use.count)]
    days = ["0", *parts] if len(parts) == 3 else parts
    units = (864_000_000_000, 36_000_000_000, 600_000_000, 10_000_000, 10_000)
    return Value(
        "(" + " + ".join(f"{part}::BIGINT * {unit}" for part, unit in zip(days, units, strict=False)) + ")",
        TIMESPAN,
    )
