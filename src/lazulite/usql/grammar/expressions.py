"""Operators: which binds tighter, and how a chain of them becomes a tree.

From loose to tight: `=` and lambdas, `? :`, `??`, `OR ||`, `AND &&`, `NOT`, `|`, `^`, `&`, `== !=`,
comparisons with IN, LIKE, BETWEEN, IS NULL, `as` and `is`, shifts, sums, products, signs and casts.
"""

from __future__ import annotations

from lazulite.usql.grammar.linq import LINQ_WORDS
from lazulite.usql.grammar.primaries import PrimaryParser
from lazulite.usql.grammar.tokens import Kind, reserved
from lazulite.usql.tree import (
    Argument,
    As,
    Between,
    Binary,
    Call,
    Conditional,
    Expression,
    In,
    Is,
    IsNull,
    Like,
    Literal,
    LiteralKind,
    Member,
    Type,
    Unary,
)

_OR, _AND, _BIT_OR, _BIT_XOR, _BIT_AND, _EQUAL, _COMPARE, _SHIFT, _SUM, _PRODUCT = range(1, 11)
_NOT = _AND  # NOT takes all that binds tighter than AND
_MARKS = {
    "||": _OR, "&&": _AND, "|": _BIT_OR, "^": _BIT_XOR, "&": _BIT_AND, "==": _EQUAL, "!=": _EQUAL,
    "<": _COMPARE, ">": _COMPARE, "<=": _COMPARE, ">=": _COMPARE, "<<": _SHIFT, ">>": _SHIFT,
    "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT,
}  # fmt: skip
_WORDS = {"OR": _OR, "AND": _AND, "IN": _COMPARE, "LIKE": _COMPARE, "BETWEEN": _COMPARE, "IS": _COMPARE,
          "NOT": _COMPARE, "as": _COMPARE, "is": _COMPARE}  # fmt: skip
_SIGNS = frozenset({"-", "+", "!", "~", "++", "--"})
_ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<="})
_MOST_SIGNS = 50


class ExpressionParser(PrimaryParser):
    """Reads expressions."""

    def expression(self) -> Expression:
        """Read a whole expression."""
        self.deeper()
        found = self._loosest()
        self.depth -= 1
        return found

    def _loosest(self) -> Expression:
        if self.lambda_ahead():
            return self.lambda_expression()
        if self.linq_ahead():
            return self.linq()
        start = self.index
        found = self._choice()
        if self.token.kind is Kind.MARK and self.token.text in _ASSIGNMENTS and self.assignable:
            operator = self.advance().text
            return Binary(operator, found, self.expression(), at=self.since(start))
        return found

    def _choice(self) -> Expression:
        """Read `test ? then : otherwise`; a chain of them leans to the right and is read without recursion."""
        waiting: list[tuple[int, Expression, Expression]] = []
        while True:
            start = self.index
            found = self._coalesced()
            if not self.take_mark("?"):
                break
            then = self.expression()
            self.expect_mark(":", hint="A choice is written test ? value : other.")
            waiting.append((start, found, then))
            self.link(len(waiting))
            if self.lambda_ahead():
                found = self.lambda_expression()
                break
        for begin, test, then in reversed(waiting):
            found = Conditional(test, then, found, at=self.since(begin))
        return found

    def _coalesced(self) -> Expression:
        """Read `a ?? b ?? c`, which leans to the right."""
        starts = [self.index]
        parts = [self._binary(_OR)]
        while self.take_mark("??"):
            starts.append(self.index)
            parts.append(self._binary(_OR))
            self.link(len(parts))
        found = parts.pop()
        starts.pop()
        while parts:
            found = Binary("??", parts.pop(), found, at=self.since(starts.pop()))
        return found

    def _binary(self, loosest: int) -> Expression:
        start = self.index
        found = self._negated() if self.at_word("NOT") else self.operand()
        length = 0
        while True:
            operator, strength = self._operator()
            if strength < loosest:
                return found
            length += 1
            self.link(length)
            if operator in _MARKS or operator in {"AND", "OR"}:
                for _ in range(2 if operator == ">>" else 1):
                    self.advance()
                found = Binary(operator, found, self._binary(strength + 1), at=self.since(start))
            else:
                found = self._worded(operator, found, start)

    def _operator(self) -> tuple[str, int]:
        """Give the binary operator at the cursor and how tightly it binds; 0 if there is none."""
        token = self.token
        if token.kind is Kind.MARK:
            following = self.peek()
            if token.text == ">" and following.text in {">", ">="} and following.start == token.end:
                return (">>", _SHIFT) if following.text == ">" else ("", 0)
            if token.text == "=" and not self.assignable and following.text not in {">", "=>"}:
                self.stop("'=' does not compare", hint="Write == to compare.")
            if token.text == "<" and following.text == ">" and following.start == token.end:
                self.stop("<> is not an operator of U-SQL", hint="Write != for not equal.")
            return token.text, _MARKS.get(token.text, 0)
        if token.kind is Kind.NAME:
            return token.text, _WORDS.get(token.text, 0)
        return "", 0

    def _negated(self) -> Expression:
        start = self.index
        self.advance()
        self.deeper()
        found = Unary("NOT", self._binary(_NOT + 1), at=self.since(start))
        self.depth -= 1
        return found

    def operand(self) -> Expression:
        """Read an operand with its signs and casts."""
        start = self.index
        signs: list[tuple[int, str]] = []
        while self.token.kind is Kind.MARK and self.token.text in _SIGNS:
            signs.append((self.index, self.advance().text))
            if len(signs) > _MOST_SIGNS:
                self.stop(f"more than {_MOST_SIGNS} signs follow one another")
        found = self.cast() if self.cast_ahead() and not self.lambda_ahead() else self.primary()
        while self.token.kind is Kind.MARK and self.token.text in {"++", "--"}:
            found = Unary(self.advance().text, found, postfix=True, at=self.since(start))
        for begin, sign in reversed(signs):
            if sign == "-" and isinstance(found, Literal):
                found = _least(found)
            found = Unary(sign, found, at=self.since(begin))
        return found

    def _tested_type(self) -> Type:
        """Read the type behind `is` and `as`; in `x is int ? a : b` the `?` is none of its."""
        found = self.type()
        if found.nullable and self.tokens[self.index - 1].text == "?" and self._value_ahead():
            self.jump(self.index - 1)
            return Type(found.name, found.arguments, at=found.at)
        return found

    def _value_ahead(self) -> bool:
        token = self.token
        if token.kind is Kind.NAME:
            if reserved(token.text):
                return self.sql_call_ahead(token, self.peek()) or token.text == "CASE"
            if self.queries and token.text in LINQ_WORDS:
                return False
            return token.text not in {"as", "is"}
        if token.kind is Kind.MARK:
            return token.text in {"(", "-", "!", "~"}
        return token.kind is not Kind.END

    def _worded(self, operator: str, value: Expression, start: int) -> Expression:
        """Read what follows IN, LIKE, BETWEEN, IS, `as`, `is`, and NOT before the first three."""
        self.advance()
        if operator == "as":
            return As(value, self._tested_type(), at=self.since(start))
        if operator == "is":
            return Is(value, self._tested_type(), at=self.since(start))
        if operator == "IS":
            negated = self.take_words("NOT")
            self.expect_words(
                "NULL", hint="IS NULL and IS NOT NULL ask for null; `is` in small letters asks for a type."
            )
            return IsNull(value, negated, at=self.since(start))
        negated = operator == "NOT"
        word = self.token.text if negated else operator
        if negated:
            if not self.at_word("IN", "LIKE", "BETWEEN"):
                self.expected("IN", "LIKE", "BETWEEN")
            self.advance()
        if word == "IN" and not self.at_mark("("):
            return self._in_array(value, negated, start)
        if word == "IN":
            return In(value, self.in_brackets(self.expression), negated, at=self.since(start))
        if word == "LIKE":
            pattern = self._binary(_SHIFT)
            escape = self._binary(_SHIFT) if self.take_words("ESCAPE") else None
            return Like(value, pattern, escape, negated, at=self.since(start))
        low = self._binary(_SHIFT)
        self.expect_words("AND", hint="x BETWEEN low AND high.")
        return Between(value, low, self._binary(_SHIFT), negated, at=self.since(start))

    def _in_array(self, value: Expression, negated: bool, start: int) -> Expression:
        """Read the array of `value IN @array`, which is what `@array.Contains(value)` is."""
        array = self._binary(_SHIFT)
        at = self.since(start)
        found = Call(Member(array, "Contains", at=at), (Argument(value, at=value.at),), at=at)
        return Unary("NOT", found, at=at) if negated else found


def _least(literal: Literal) -> Literal:
    """Give the literal behind a minus: that of `-2147483648` is an int, although 2147483648 is none."""
    if literal.kind is LiteralKind.UINT and literal.value == 2**31:
        return Literal(LiteralKind.INT, literal.value, at=literal.at)
    if literal.kind is LiteralKind.ULONG and literal.value == 2**63:
        return Literal(LiteralKind.LONG, literal.value, at=literal.at)
    return literal
