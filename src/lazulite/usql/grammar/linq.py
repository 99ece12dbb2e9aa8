"""LINQ queries in C#: `from x in xs where … select …`."""

from __future__ import annotations

from lazulite.usql.grammar.creation import CreationParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    FromClause,
    GroupClause,
    JoinClause,
    LetClause,
    Linq,
    LinqClause,
    OrderByClause,
    Ordering,
    SelectClause,
    Type,
    WhereClause,
)

LINQ_WORDS = frozenset(
    [
        "from",
        "let",
        "where",
        "join",
        "on",
        "equals",
        "into",
        "orderby",
        "ascending",
        "descending",
        "select",
        "group",
        "by",
    ],
)
_CLAUSES = ("from", "let", "where", "join", "orderby", "select", "group")


class LinqParser(CreationParser):
    """Reads LINQ queries."""

    def linq_ahead(self) -> bool:
        """Tell whether `from` here begins a query: `from x in`, `from T x in`."""
        if not self.at_word("from"):
            return False
        if self.peek().kind is Kind.NAME and self.peek(2).text == "in":
            return True
        end = self.past_type(self.index + 1)
        return (
            end is not None
            and self.tokens[end].kind is Kind.NAME
            and self.tokens[min(end + 1, len(self.tokens) - 1)].text == "in"
        )

    def linq(self) -> Linq:
        start = self.index
        self.queries += 1
        found: list[LinqClause] = [self._linq_from()]
        while not isinstance(found[-1], (SelectClause, GroupClause)) or found[-1].into is not None:
            found.append(self._linq_clause())
        self.queries -= 1
        return Linq(tuple(found), at=self.since(start))

    def _linq_clause(self) -> LinqClause:
        start = self.index
        if self.at_word("from"):
            return self._linq_from()
        if self.at_word("join"):
            return self._linq_join()
        if self.take_words("let"):
            name = self.identifier("a variable")
            self.expect_mark("=")
            return LetClause(name, self.expression(), at=self.since(start))
        if self.take_words("where"):
            return WhereClause(self.expression(), at=self.since(start))
        if self.take_words("orderby"):
            return OrderByClause(self.comma_list(self._linq_ordering), at=self.since(start))
        if self.take_words("select"):
            value = self.expression()
            return SelectClause(value, self._linq_into(), at=self.since(start))
        if self.take_words("group"):
            value = self.expression()
            self.expect_words("by")
            key = self.expression()
            return GroupClause(value, key, self._linq_into(), at=self.since(start))
        self.expected(*_CLAUSES, hint="A LINQ query ends with select or group … by ….")

    def _typed_name(self) -> tuple[Type | None, str]:
        kind = self.type() if self.peek().text != "in" else None
        return kind, self.identifier("a variable")

    def _linq_from(self) -> FromClause:
        start = self.index
        self.expect_words("from")
        kind, name = self._typed_name()
        self.expect_words("in")
        return FromClause(name, self.expression(), kind, at=self.since(start))

    def _linq_join(self) -> JoinClause:
        start = self.index
        self.expect_words("join")
        kind, name = self._typed_name()
        self.expect_words("in")
        source = self.expression()
        self.expect_words("on")
        left = self.expression()
        self.expect_words("equals")
        right = self.expression()
        return JoinClause(name, source, left, right, self._linq_into(), kind, at=self.since(start))

    def _linq_into(self) -> str | None:
        return self.identifier("a variable") if self.take_words("into") else None

    def _linq_ordering(self) -> Ordering:
        start = self.index
        value = self.expression()
        descending = self.take_words("descending")
        if not descending:
            self.take_words("ascending")
        return Ordering(value, descending, at=self.since(start))
