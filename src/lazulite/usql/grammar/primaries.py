"""The smallest expressions, and what is joined to them: members, calls, indexes."""

from __future__ import annotations

from lazulite.usql.errors import RESERVED_WORD
from lazulite.usql.grammar.code import CodeParser
from lazulite.usql.grammar.linq import LINQ_WORDS
from lazulite.usql.grammar.tokens import BUILT_IN_TYPES, CSHARP_KEYWORDS, HoleToken, Kind, Token, reserved
from lazulite.usql.tree import (
    Call,
    Case,
    Cast,
    Checked,
    DefaultValue,
    Expression,
    Hole,
    Index,
    Interpolated,
    Literal,
    LiteralKind,
    Member,
    Name,
    Type,
    TypeOf,
    Variable,
    When,
)

_CONSTANTS = {
    "true": (LiteralKind.BOOL, True),
    "false": (LiteralKind.BOOL, False),
    "null": (LiteralKind.NULL, None),
    "NULL": (LiteralKind.NULL, None),
}
_LITERALS = {Kind.STRING: LiteralKind.STRING, Kind.CHAR: LiteralKind.CHAR}
_VALUE_KINDS = frozenset(
    {Kind.QUOTED, Kind.VARIABLE, Kind.SYSTEM, Kind.NUMBER, Kind.STRING, Kind.CHAR, Kind.INTERPOLATED}
)
_VALUE_WORDS = frozenset(
    {"new", "typeof", "sizeof", "default", "checked", "unchecked", "true", "false", "null"}
)


class PrimaryParser(CodeParser):
    """Reads operands."""

    def primary(self) -> Expression:
        """Read an operand with all members, calls and indexes behind it."""
        start = self.index
        found = self._start()
        length = 0
        while True:
            more = self._joined(found, start)
            if more is None:
                return found
            found = more
            length += 1
            self.link(length)

    def _joined(self, target: Expression, start: int) -> Expression | None:
        if self.token.kind is not Kind.MARK:
            return None
        mark = self.token.text
        if mark in {".", "?."}:
            return self._member(target, start)
        if mark == "(":
            self.advance()
            arguments = self.arguments()
            return Call(target, arguments, at=self.since(start))
        if mark in {"[", "?["}:
            self.advance()
            arguments = self.comma_list(self.argument)
            self.expect_mark("]")
            return Index(target, arguments, mark == "?[", at=self.since(start))
        return None

    def _member(self, target: Expression, start: int) -> Expression:
        conditional = self.advance().text == "?."
        token = self.token
        if token.kind is Kind.VARIABLE and isinstance(target, Name):
            self.advance()
            return Variable(str(token.value), package=target.text, at=self.since(start))
        if token.kind not in {Kind.NAME, Kind.QUOTED}:
            self.expected("a member's name")
        self.advance()
        arguments = self.type_arguments() if self.generic_here() else ()
        quoted = token.kind is Kind.QUOTED
        return Member(target, str(token.value), arguments, conditional, quoted, at=self.since(start))

    def _start(self) -> Expression:
        token, start = self.token, self.index
        if token.kind is Kind.NAME:
            return self._word_start(token, start)
        if token.kind is Kind.MARK and token.text == "(":
            return self._parenthesised()
        if token.kind in {Kind.MARK, Kind.END, Kind.CODE}:
            self.expected("an expression")
        self.advance()
        at = self.since(start)
        if token.kind is Kind.QUOTED:
            return Name(str(token.value), quoted=True, at=at)
        if token.kind in {Kind.VARIABLE, Kind.SYSTEM}:
            return Variable(str(token.value), token.kind is Kind.SYSTEM, at=at)
        if isinstance(token.value, tuple):
            parts = tuple(self._hole(part) if isinstance(part, HoleToken) else part for part in token.value)
            return Interpolated(parts, at=at)
        if token.value is None:  # `0x…` of more digits than a number has
            self.stop("this number is too large", token=token)
        return Literal(token.literal or _LITERALS[token.kind], token.value, at=at)

    def _word_start(self, token: Token, start: int) -> Expression:
        word = token.text
        if word in _CONSTANTS:
            self.advance()
            return Literal(*_CONSTANTS[word], at=self.since(start))
        if word == "new":
            return self.new()
        if self.sql_call_ahead(token, self.peek()):
            return self.sql_call()
        if word == "CASE":
            return self._case(start)
        if word in {"default", "typeof", "sizeof", "checked", "unchecked"} and self.peek().text == "(":
            return self._with_type(word, start)
        return self._name(token, start)

    def _name(self, token: Token, start: int) -> Expression:
        word = token.text
        if reserved(word) and self.peek().text != ".":
            self.stop(
                f"{word} is a word of U-SQL; an expression was expected",
                code=RESERVED_WORD,
                hint=f"A column of that name is written [{word}].",
            )
        if word in CSHARP_KEYWORDS and word not in BUILT_IN_TYPES and word not in {"this", "base"}:
            self.stop(
                f"{word} is a word of C#; an expression was expected",
                hint=f"A column of that name is written [{word}].",
            )
        self.advance()
        arguments: tuple[Type, ...] = self.type_arguments() if self.generic_here() else ()
        return Name(word, False, arguments, at=self.since(start))

    def _with_type(self, word: str, start: int) -> Expression:
        self.advance()
        self.expect_mark("(")
        if word in {"checked", "unchecked"}:
            value = self.expression()
            self.expect_mark(")")
            return Checked(value, word == "checked", at=self.since(start))
        kind = self.type()
        self.expect_mark(")")
        if word == "default":
            return DefaultValue(kind, at=self.since(start))
        return TypeOf(kind, word == "sizeof", at=self.since(start))

    def _parenthesised(self) -> Expression:
        self.expect_mark("(")
        found = self.expression()
        self.expect_mark(")")
        return found

    def cast_ahead(self) -> bool:
        """Tell whether `(` here begins a cast, by C#'s rule: what is in it reads as a type, and a value follows."""
        if not self.at_mark("("):
            return False
        end = self.past_type(self.index + 1)
        if end is None or not self._mark_at(end, ")"):
            return False
        last = self.tokens[end - 1]
        if self.tokens[self.index + 1].text in BUILT_IN_TYPES or last.text in {"?", "]", ">"}:
            return end != self.index + 1
        after, beyond = self.tokens[end + 1], self.tokens[min(end + 2, len(self.tokens) - 1)]
        if after.kind is Kind.NAME:
            if self.queries and after.text in LINQ_WORDS:
                return False
            if reserved(after.text):
                return (
                    self.sql_call_ahead(after, beyond) or after.text in {"CASE", "NULL"} or beyond.text == "."
                )
            return (
                after.text in _VALUE_WORDS
                or after.text in BUILT_IN_TYPES
                or after.text not in CSHARP_KEYWORDS
            )
        return after.kind in _VALUE_KINDS or (after.kind is Kind.MARK and after.text in {"(", "~", "!"})

    def cast(self) -> Cast:
        start = self.index
        self.expect_mark("(")
        kind = self.type()
        self.expect_mark(")")
        self.deeper()
        value = self.operand()
        self.depth -= 1
        return Cast(kind, value, at=self.since(start))

    def _case(self, start: int) -> Case:
        self.advance()
        operand = None if self.at_word("WHEN") else self.expression()
        whens: list[When] = []
        while self.at_word("WHEN"):
            begin = self.index
            self.advance()
            test = self.expression()
            self.expect_words("THEN")
            whens.append(When(test, self.expression(), at=self.since(begin)))
        if not whens:
            self.expected("WHEN")
        otherwise = self.expression() if self.take_words("ELSE") else None
        self.expect_words("END", hint="CASE … WHEN … THEN … ELSE … END.")
        return Case(operand, tuple(whens), otherwise, at=self.since(start))

    def _hole(self, hole: HoleToken) -> Hole:
        alignment = self._inside(*hole.alignment) if hole.alignment else None
        return Hole(
            self._inside(hole.start, hole.end),
            alignment,
            hole.format,
            at=self.lines.span(hole.start, hole.end),
        )

    def _inside(self, start: int, end: int) -> Expression:
        """Read the expression that stands at `start` to `end` of the text."""
        inner = type(self)(self.text, self.problems, start=start, end=end, lines=self.lines, depth=self.depth)
        found = inner.expression()
        if inner.token.kind is not Kind.END:
            inner.expected("'}'")
        return found
