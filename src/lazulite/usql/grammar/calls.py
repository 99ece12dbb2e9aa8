"""Arguments, and calls of U-SQL's own functions with what follows them: WITHIN GROUP, OVER."""

from __future__ import annotations

import re
from typing import Literal as OneOf

from lazulite.usql.grammar.tokens import Kind, Token, reserved
from lazulite.usql.grammar.types import TypeParser
from lazulite.usql.tree import (
    Argument,
    Bound,
    Expression,
    Frame,
    Literal,
    LiteralKind,
    Ordering,
    SqlCall,
    Type,
    Window,
)

_FUNCTION = re.compile(r"[A-Z][A-Z0-9_]*\Z")
# Capitals with a bracket behind them that call nothing.
_NO_FUNCTIONS = frozenset(
    [
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "ESCAPE",
        "BETWEEN",
        "IS",
        "AS",
        "ON",
        "BY",
        "FROM",
        "WHERE",
        "SELECT",
        "VALUES",
        "WHEN",
        "THEN",
        "ELSE",
        "CASE",
        "WITH",
        "USING",
        "IF",
        "TO",
        "END",
        "HAVING",
        "GROUP",
        "ORDER",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "OUTER",
        "JOIN",
        "CROSS",
        "APPLY",
        "SAMPLE",
        "OPTION",
        "PIVOT",
        "UNPIVOT",
        "FETCH",
        "OFFSET",
        "PRODUCE",
        "PRESORT",
        "READONLY",
        "REQUIRED",
        "DISTINCT",
        "ALL",
        "OVER",
        "PARTITION",
        "INTO",
    ],
)


class CallParser(TypeParser):
    """Reads arguments and calls."""

    def arguments(self, closing: str = ")") -> tuple[Argument, ...]:
        """Read arguments up to and with the closing bracket."""
        found: list[Argument] = []
        if not self.at_mark(closing):
            found.extend(self.comma_list(self.argument))
        self.expect_mark(closing)
        return tuple(found)

    def argument(self) -> Argument:
        start = self.index
        name = None
        if self.token.kind is Kind.NAME and self.peek().text == ":" and self.peek().kind is Kind.MARK:
            name = self.advance().text
            self.advance()
        direction = self.direction()
        value = self.expression()
        return Argument(value, name, direction, at=self.since(start))

    def direction(self) -> OneOf["", "ref", "out"]:
        if self.take_words("ref"):
            return "ref"
        return "out" if self.take_words("out") else ""

    def value_or_default(self) -> Expression:
        """Read an argument of a table-valued function or procedure: a value or DEFAULT."""
        start = self.index
        if self.at_word("DEFAULT") and self.peek().text in {",", ")"}:
            self.advance()
            return Literal(LiteralKind.DEFAULT, None, at=self.since(start))
        return self.expression()

    def values_in_brackets(self) -> tuple[Expression, ...]:
        """Read `()`, `(a, DEFAULT)`."""
        self.expect_mark("(")
        found = () if self.at_mark(")") else self.comma_list(self.value_or_default)
        self.expect_mark(")")
        return found

    def sql_call_ahead(self, token: Token, after: Token) -> bool:
        """Tell whether `token` calls one of U-SQL's functions, given the token behind it."""
        if token.kind is not Kind.NAME or after.kind is not Kind.MARK:
            return False
        if not (reserved(token.text) or (_FUNCTION.match(token.text) and "_" in token.text)):
            return False
        return token.text not in _NO_FUNCTIONS and after.text in {"(", "<"}

    def sql_call(self) -> SqlCall:
        start = self.index
        function = self.advance().text
        kinds: tuple[Type, ...] = ()
        if self.take_mark("<"):
            kinds = self.comma_list(self.type)
            self.expect_mark(">")
        self.expect_mark("(")
        distinct = self.take_words("DISTINCT")
        star = self.at_mark("*") and self.peek().text == ")" and bool(self.advance())
        arguments: tuple[Expression, ...] = ()
        if not star and not self.at_mark(")"):
            arguments = self.comma_list(self.expression)
        self.expect_mark(")")
        within = self._within_group() if self.take_words("WITHIN") else ()
        over = self.window() if self.take_words("OVER") else None
        return SqlCall(function, arguments, distinct, star, kinds, within, over, at=self.since(start))

    def _within_group(self) -> tuple[Ordering, ...]:
        self.expect_words("GROUP")
        self.expect_mark("(")
        self.expect_words("ORDER", "BY")
        found = self.comma_list(self.ordering)
        self.expect_mark(")")
        return found

    def window(self) -> Window:
        start = self.index
        self.expect_mark("(")
        partition: tuple[Expression, ...] = ()
        order: tuple[Ordering, ...] = ()
        if self.take_words("PARTITION", "BY"):
            partition = self.comma_list(self.expression)
        if self.take_words("ORDER", "BY"):
            order = self.comma_list(self.ordering)
        frame = self._frame() if self.at_word("ROWS", "RANGE") else None
        if not self.at_mark(")"):
            self.expected("PARTITION BY", "ORDER BY", "ROWS", "')'")
        self.advance()
        return Window(partition, order, frame, at=self.since(start))

    def _frame(self) -> Frame:
        start = self.index
        unit: OneOf["ROWS", "RANGE"] = "ROWS" if self.advance().text == "ROWS" else "RANGE"
        if not self.take_words("BETWEEN"):
            return Frame(unit, self._bound(), at=self.since(start))
        first = self._bound()
        self.expect_words("AND")
        return Frame(unit, first, self._bound(), at=self.since(start))

    def _bound(self) -> Bound:
        start = self.index
        if self.take_words("CURRENT", "ROW"):
            return Bound("CURRENT", at=self.since(start))
        rows = None if self.take_words("UNBOUNDED") else self.operand()
        if self.take_words("PRECEDING"):
            return Bound("PRECEDING", rows, at=self.since(start))
        if self.take_words("FOLLOWING"):
            return Bound("FOLLOWING", rows, at=self.since(start))
        self.expected("PRECEDING", "FOLLOWING")

    def operand(self) -> Expression:
        """Read what can stand between two binary operators."""
        raise NotImplementedError
