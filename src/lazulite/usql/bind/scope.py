"""Which columns an expression may name, and where their values stand in SQL.

DuckDB does not tell `Id` from `ID`; U-SQL does. So a rowset's columns are `c0`, `c1` … in SQL, and names are looked up here.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lazulite.usql.bind.value import Value, unknown
from lazulite.usql.extract.parameters import Column
from lazulite.usql.tree import Expression, Name, Span, Variable


@dataclass(frozen=True)
class Source:
    """A rowset in FROM: its alias (`@rows` for a variable without one), its columns, and the name under which SQL has it."""

    alias: str | None
    sql: str
    columns: tuple[Column, ...]

    def value(self, index: int) -> Value:
        return Value(f"{self.sql}.c{index}", self.columns[index].type)

    def or_null(self) -> Source:
        """The rowset on the outer side of a join, where every column may be null."""
        return replace(self, columns=tuple(Column(each.name, each.type.or_null) for each in self.columns))


@dataclass(frozen=True)
class Scope:
    """The rowsets that an expression sees, and the parameters of the lambdas around it."""

    sources: tuple[Source, ...] = ()
    locals: dict[str, Value] = field(default_factory=dict)

    def with_locals(self, more: dict[str, Value]) -> Scope:
        return replace(self, locals=self.locals | more)

    def alias(self, name: str) -> Source | None:
        return next((source for source in self.sources if source.alias == name), None)

    def rowset(self, node: Expression) -> Source | None:
        """The rowset that stands before the dot of `alias.column` and `@rows.column`; None if none does."""
        if isinstance(node, Name) and node.text not in self.locals:
            return self.alias(node.text)
        if isinstance(node, Variable) and not node.system and node.package is None:
            return self.alias(f"@{node.text}")
        return None

    def knows(self, name: str, at: Span) -> bool:
        """Whether a chain of names that begins with this one begins with a column, a rowset or a lambda's parameter."""
        return self.alias(name) is not None or self.find(name, at) is not None

    def find(self, name: str, at: Span) -> Value | None:
        """The value of a bare name; None if no rowset has such a column. Two that have it are an error."""
        if name in self.locals:
            return self.locals[name]
        found = [
            source.value(index)
            for source in self.sources
            for index, column in enumerate(source.columns)
            if column.name == name
        ]
        if len(found) > 1:
            raise unknown(
                f"the column {name} is in more than one rowset",
                at,
                f"Write alias.{name}.",
                "E_CSC_USER_AMBIGUOUSCOLUMN",
            )
        return found[0] if found else None

    def member(self, source: Source, name: str, at: Span) -> Value:
        for index, column in enumerate(source.columns):
            if column.name == name:
                return source.value(index)
        raise missing(name, [column.name for column in source.columns], at, f" in {source.alias}")

    def names(self) -> list[str]:
        return [*self.locals, *(column.name for source in self.sources for column in source.columns)]


def missing(name: str, known: Sequence[str], at: Span, where: str = "") -> Exception:
    """The error for a column that is not there; it suggests the nearest name, and one that differs in case first."""
    cased = [each for each in known if each.lower() == name.lower()]
    near = cased or difflib.get_close_matches(name, known, 1)
    hint = (
        f"Is {near[0]} meant? Names are case-sensitive."
        if near
        else f"There are: {', '.join(known) or 'no columns'}."
    )
    return unknown(f"there is no column {name}{where}", at, hint)
