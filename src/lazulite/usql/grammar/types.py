"""Types, and columns, which are names with types."""

from __future__ import annotations

from lazulite.usql.grammar.cursor import Cursor
from lazulite.usql.grammar.tokens import BUILT_IN_TYPES, CSHARP_KEYWORDS, Kind, reserved
from lazulite.usql.tree import Column, Ordering, RowType, Type

_DEEPEST_ARGUMENTS = 20
# What follows `a<b>` where it is a generic name and no comparison.
_AFTER_ARGUMENTS = frozenset(
    {"(", ")", "]", "}", ":", ";", ",", ".", "?.", "?", "==", "!=", "|", "^", "&&", "||", "[", "{"}
)


class TypeParser(Cursor):
    """Reads types."""

    def type(self) -> Type:
        """Read a type with all that belongs to it: `SQL.MAP<string, int?>`, `byte[]`, `int?`."""
        start = self.index
        found = self.simple_type()
        ranks = []
        while self.at_mark("[") and self.peek().text in {"]", ","}:
            ranks.append(self._rank())
        return Type(found.name, found.arguments, found.nullable, tuple(ranks), at=self.since(start))

    def simple_type(self) -> Type:
        """Read a type up to its `[]`, if it is one of an array."""
        start = self.index
        name = [self._type_part()]
        while self.at_mark(".") and self.peek().kind in {Kind.NAME, Kind.QUOTED}:
            self.advance()
            name.append(self._type_part())
        generic = self.at_mark("<") and self._past_arguments(self.index, 0) is not None
        arguments = self.type_arguments() if generic else ()
        while self.at_mark(".") and self.peek().kind is Kind.NAME:  # a type inside of a generic one
            self.advance()
            name.append(self._type_part())
        nullable = self.take_mark("?")
        return Type(".".join(name), arguments, nullable, at=self.since(start))

    def _type_part(self) -> str:
        token = self.token
        if token.kind is Kind.NAME and (
            not reserved(token.text) or "." in {self.peek().text, self._before()}
        ):
            if token.text in CSHARP_KEYWORDS and token.text not in BUILT_IN_TYPES:
                self.expected("a type")
            return self.advance().text
        if token.kind is not Kind.QUOTED:
            self.expected("a type such as int, string or SQL.ARRAY<string>")
        return str(self.advance().value)

    def _before(self) -> str:
        return self.tokens[self.index - 1].text if self.index else ""

    def type_arguments(self) -> tuple[Type, ...]:
        self.expect_mark("<")
        self.deeper()
        found = self.comma_list(self.type)
        self.depth -= 1
        self.expect_mark(">")
        return found

    def _rank(self) -> int:
        self.expect_mark("[")
        rank = 1
        while self.take_mark(","):
            rank += 1
        self.expect_mark("]")
        return rank

    def past_type(self, index: int, depth: int = 0) -> int | None:
        """Give the index behind what could be a type that begins at `index`; None if it is none.

        It only looks: names that are columns pass too. Nothing is read, so that looking is cheap.
        """
        at = self._past_type_name(index)
        if at is None:
            return None
        if self._mark_at(at, "<"):
            at = self._past_arguments(at, depth)
            if at is None:
                return None
        while self._mark_at(at, ".") and self.tokens[at + 1].kind is Kind.NAME:
            at += 2
        if self._mark_at(at, "?"):
            at += 1
        while self._mark_at(at, "["):
            at += 1
            while self._mark_at(at, ","):
                at += 1
            if not self._mark_at(at, "]"):
                return None
            at += 1
        return at

    def _past_type_name(self, index: int) -> int | None:
        token = self.tokens[index]
        if token.kind is Kind.NAME:
            dotted = self._mark_at(index + 1, ".")
            if (reserved(token.text) and not dotted) or (
                token.text in CSHARP_KEYWORDS and token.text not in BUILT_IN_TYPES
            ):
                return None
        elif token.kind is not Kind.QUOTED:
            return None
        at = index + 1
        while self._mark_at(at, ".") and self.tokens[at + 1].kind in {Kind.NAME, Kind.QUOTED}:
            at += 2
        return at

    def _past_arguments(self, index: int, depth: int) -> int | None:
        if depth > _DEEPEST_ARGUMENTS:
            return None
        at = self.past_type(index + 1, depth + 1)
        while at is not None and self._mark_at(at, ","):
            at = self.past_type(at + 1, depth + 1)
        return at + 1 if at is not None and self._mark_at(at, ">") else None

    def _mark_at(self, index: int, mark: str) -> bool:
        token = self.tokens[min(index, len(self.tokens) - 1)]
        return token.kind is Kind.MARK and token.text == mark

    def generic_here(self) -> bool:
        """Tell whether the `<` at which the cursor stands opens the arguments of a generic name."""
        if not self.at_mark("<"):
            return False
        end = self._past_arguments(self.index, 0)
        if end is None:
            return False
        after = self.tokens[end]
        return after.kind is Kind.END or (after.kind is Kind.MARK and after.text in _AFTER_ARGUMENTS)

    # Columns.
    def column(self) -> Column:
        """Read `name type`."""
        start = self.index
        name = self.identifier("a column")
        found = self.type()
        return Column(name, found, at=self.since(start))

    def loose_column(self) -> Column:
        """Read `name` or `name type`."""
        start = self.index
        name = self.identifier("a column")
        typed = self.token.kind is Kind.QUOTED or (
            self.token.kind is Kind.NAME and (not reserved(self.token.text) or self.peek().text == ".")
        )
        found = self.type() if typed else None
        return Column(name, found, at=self.since(start))

    def row_type(self) -> RowType:
        """Read `TABLE (a int, b string)`."""
        start = self.index
        self.expect_words("TABLE")
        columns = self.in_brackets(self.column)
        return RowType(columns, at=self.since(start))

    def column_name(self) -> str:
        """Read a column's name, `x` or `t.x`, where only names are allowed."""
        parts = [self.identifier("a column")]
        while self.take_mark("."):
            parts.append(self.identifier("a column"))
        return ".".join(parts)

    def ordering(self) -> Ordering:
        """Read an item of ORDER BY."""
        start = self.index
        value = self.expression()
        descending = self.take_words("DESC")
        if not descending:
            self.take_words("ASC")
        return Ordering(value, descending, at=self.since(start))
