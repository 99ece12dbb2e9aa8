"""UNION, EXCEPT, INTERSECT and OUTER UNION, by position and BY NAME."""

from __future__ import annotations

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import default_of
from lazulite.usql.bind.rowsets import Names, Rowset
from lazulite.usql.bind.scope import missing
from lazulite.usql.bind.value import Value, key_of, wrong_type
from lazulite.usql.extract.parameters import Column
from lazulite.usql.types import Type, common


def operation(names: Names, node: tree.SetOperation) -> Rowset:
    """A chain of set operators, from the left."""
    from lazulite.usql.bind.queries import bound

    links: list[tree.SetOperation] = []
    first: tree.Query = node
    while isinstance(first, tree.SetOperation):
        links.append(first)
        first = first.left
    found = bound(names, first)
    for link in reversed(links):
        found = _combined(found, bound(names, link.right), link)
    return found


def _combined(left: Rowset, right: Rowset, node: tree.SetOperation) -> Rowset:
    columns = (
        _by_name(left, right, node)
        if node.by_name or node.operator == "OUTER UNION"
        else _by_position(left, right, node)
    )
    types = [_met(name, one, other, node) for name, one, other in columns]
    sides = []
    for place, rowset in ((1, left), (2, right)):
        texts = []
        for number, (column, type_) in enumerate(zip(columns, types, strict=True)):
            value = column[place]
            assert value is None or isinstance(value, Value)  # noqa: S101
            texts.append(f"{_filled(value, type_, node)} AS c{number}")
        sides.append(f"SELECT {', '.join(texts)} FROM ({rowset.sql}) AS s")
    # OUTER UNION keeps duplicates, with ALL and without.
    every = node.every or node.operator == "OUTER UNION"
    operator = "UNION" if node.operator == "OUTER UNION" else node.operator
    found = tuple(Column(column[0], type_) for column, type_ in zip(columns, types, strict=True))
    if any(type_.name == "decimal" for type_ in types) and not (operator == "UNION" and every):
        return Rowset(_by_keys(sides, types, operator, every=every), found)
    return Rowset(f"({sides[0]}) {operator} {'ALL ' if every else ''}({sides[1]})", found)


def _by_keys(sides: list[str], types: list[Type], operator: str, *, every: bool) -> str:
    """The operation where rows are the same although their decimals' texts differ: `1.0` and `1.00`."""

    def keys(alias: str) -> list[str]:
        return [key_of(f"{alias}.c{number}", type_) for number, type_ in enumerate(types)]

    listed = ", ".join(keys("s"))
    if operator == "UNION":
        return f"SELECT DISTINCT ON ({listed}) * FROM (({sides[0]}) UNION ALL ({sides[1]})) AS s"
    # The nth of several equal rows on one side goes with the nth on the other.
    numbered = "SELECT s.*, row_number() OVER (PARTITION BY {}) AS n FROM ({}) AS s"
    left, right = (f"({numbered.format(listed, side)})" for side in sides)
    tests = [f"{one} IS NOT DISTINCT FROM {two}" for one, two in zip(keys("l"), keys("r"), strict=True)]
    first = "" if every else " WHERE l.n = 1"
    tests += ["l.n = r.n"] if every else []
    words = "ANTI JOIN" if operator == "EXCEPT" else "SEMI JOIN"
    items = ", ".join(f"l.c{number}" for number in range(len(types)))
    return f"SELECT {items} FROM {left} AS l {words} {right} AS r ON {' AND '.join(tests)}{first}"


_Pairs = list[tuple[str, "Value | None", "Value | None"]]


def _values(rowset: Rowset) -> list[Value]:
    return [Value(f"s.c{number}", column.type) for number, column in enumerate(rowset.columns)]


def _by_position(left: Rowset, right: Rowset, node: tree.SetOperation) -> _Pairs:
    if len(left.columns) != len(right.columns):
        raise wrong_type(
            f"{node.operator} of {len(left.columns)} and {len(right.columns)} columns",
            node.at,
            "Write BY NAME or name as many.",
        )
    return [
        (column.name, one, other)
        for column, one, other in zip(left.columns, _values(left), _values(right), strict=True)
    ]


def _by_name(left: Rowset, right: Rowset, node: tree.SetOperation) -> _Pairs:
    sides = [
        {column.name: value for column, value in zip(each.columns, _values(each), strict=True)}
        for each in (left, right)
    ]
    for name in node.on:
        for side in sides:
            if name not in side:
                raise missing(name, list(side), node.at, " on one side of BY NAME")
    shared = [column.name for column in left.columns if column.name in sides[1]]
    unnamed = [name for name in shared if node.on and not node.on_rest and name not in node.on]
    if unnamed:
        raise wrong_type(
            f"the column {unnamed[0]} is on both sides of {node.operator} BY NAME, but not in ON",
            node.at,
            f"Write ON ({', '.join((*node.on, '*'))}).",
        )
    order = list(dict.fromkeys([*sides[0], *sides[1]]))
    if node.operator != "OUTER UNION" and (node.on or node.on_rest):
        order = shared
    elif node.operator != "OUTER UNION":
        for name in order:
            for side in sides:
                if name not in side:
                    raise missing(name, list(side), node.at, " on one side of BY NAME")
    return [(name, sides[0].get(name), sides[1].get(name)) for name in order]


def _met(name: str, left: Value | None, right: Value | None, node: tree.SetOperation) -> Type:
    if left is None or right is None:
        known = left or right
        assert known is not None  # noqa: S101
        return known.type
    met = common(left.type, right.type)
    if met is None:
        raise wrong_type(
            f"the column {name} is {left.type} on one side and {right.type} on the other",
            node.at,
            "Cast one of them.",
        )
    return met


def _filled(value: Value | None, type_: Type, node: tree.SetOperation) -> str:
    # What OUTER UNION has no column for is null, or the type's default where it cannot be null (trap 28).
    return default_of(type_).sql if value is None else casts.implicit(value, type_, node.at).sql
