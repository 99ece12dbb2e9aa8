"""`from x in xs where … orderby … select …` as the calls that C# makes of it."""

from __future__ import annotations

from lazulite.usql import tree
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.value import Value, unsupported


def linq(binder: Binder, node: tree.Linq) -> Value:
    first = node.clauses[0]
    if not isinstance(first, tree.FromClause):
        raise unsupported("a query begins with from", node.at)
    chain = first.source
    for clause in node.clauses[1:]:
        if isinstance(clause, tree.WhereClause):
            chain = _called(chain, "Where", first.name, clause.test)
        elif isinstance(clause, tree.OrderByClause):
            for number, ordering in enumerate(clause.orderings):
                method = ("ThenBy" if number else "OrderBy") + ("Descending" if ordering.descending else "")
                chain = _called(chain, method, first.name, ordering.value)
        elif isinstance(clause, tree.SelectClause) and clause.into is None:
            chain = _called(chain, "Select", first.name, clause.value)
        else:
            raise unsupported(
                f"{type(clause).__name__} of a LINQ query is not supported",
                clause.at,
                "Write Where, Select, OrderBy.",
            )
    return binder.bind(chain)


def _called(source: tree.Expression, method: str, name: str, body: tree.Expression) -> tree.Expression:
    function = tree.Lambda((tree.LambdaParameter(name),), body, at=body.at)
    return tree.Call(
        tree.Member(source, method, at=body.at), (tree.Argument(function, at=body.at),), at=body.at
    )
