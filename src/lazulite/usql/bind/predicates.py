"""U-SQL's own predicates, which C# does not have: IN, BETWEEN, LIKE, IS NULL."""

from __future__ import annotations

from lazulite.usql import tree
from lazulite.usql.bind import casts, operators
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.types import BOOL


def in_(binder: Binder, node: tree.In) -> Value:
    value = binder.bind(node.value)
    tests = [operators.equal(value, binder.bind(choice), choice.at).sql for choice in node.choices]
    return _negatable(f"({' OR '.join(tests)})", node.negated)


def between(binder: Binder, node: tree.Between) -> Value:
    value, low, high = binder.bind(node.value), binder.bind(node.low), binder.bind(node.high)
    low_test = operators.binary(">=", value, low, node.at)
    high_test = operators.binary("<=", value, high, node.at)
    return _negatable(f"({low_test.sql} AND {high_test.sql})", node.negated)


def like(binder: Binder, node: tree.Like) -> Value:
    value, pattern = binder.bind(node.value), binder.bind(node.pattern)
    escape = "NULL::VARCHAR" if node.escape is None else casts.text_of(binder.bind(node.escape), node.at)
    for each in (value, pattern):
        if each.type.name not in {"string", "null"}:
            raise wrong_type(f"LIKE needs strings, not {each.type}", node.at)
    constant = node.pattern.value if isinstance(node.pattern, tree.Literal) else None
    if isinstance(constant, str) and node.escape is None and "[" not in constant and "\\" not in constant:
        return _negatable(f"coalesce({value.sql} LIKE {pattern.sql}, false)", node.negated)
    return _negatable(f"coalesce(usql_like({value.sql}, {pattern.sql}, {escape}), false)", node.negated)


def is_null(binder: Binder, node: tree.IsNull) -> Value:
    value = binder.bind(node.value)
    test = f"({value.sql} IS NULL)" if value.type.nullable else "false"
    return _negatable(test, node.negated)


def _negatable(sql: str, negated: bool) -> Value:
    return Value(f"(NOT {sql})" if negated else sql, BOOL)
