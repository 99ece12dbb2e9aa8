"""`new` and its initialisers."""

from __future__ import annotations

from lazulite.usql.grammar.calls import CallParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    AnonymousMember,
    Assigned,
    Element,
    Expression,
    Initialiser,
    NewAnonymous,
    NewArray,
    NewObject,
    Type,
)


class CreationParser(CallParser):
    """Reads what begins with `new`."""

    def new(self) -> Expression:
        start = self.index
        self.expect_words("new")
        if self.at_mark("{"):
            return self._anonymous(start)
        if self.at_mark("["):
            return self._array(start, None)
        made = self.simple_type()
        if self.at_mark("?["):  # `new int?[3]`
            made = Type(made.name, made.arguments, nullable=True, at=made.at)
        if self.at_mark("[") or self.at_mark("?["):
            return self._array(start, made)
        arguments = None
        if self.take_mark("("):
            arguments = self.arguments()
        initialiser = self.initialiser() if self.at_mark("{") else None
        if arguments is None and initialiser is None:
            self.expected("'('", "'{'", "'['", hint=f"Write new {made.name}() to make an object.")
        return NewObject(made, arguments or (), initialiser, at=self.since(start))

    def _anonymous(self, start: int) -> NewAnonymous:
        self.expect_mark("{")
        members: list[AnonymousMember] = []
        while not self.at_mark("}"):
            begin = self.index
            name = None
            if self.token.kind in {Kind.NAME, Kind.QUOTED} and self.peek().text == "=":
                name = self.identifier("a member")
                self.advance()
            members.append(AnonymousMember(self.expression(), name, at=self.since(begin)))
            if not self.take_mark(","):
                break
        self.expect_mark("}")
        return NewAnonymous(tuple(members), at=self.since(start))

    def _array(self, start: int, element: Type | None) -> NewArray:
        if not self.take_mark("?["):
            self.expect_mark("[")
        sizes: tuple[Expression, ...] = ()
        rank = 1
        if not self.at_mark("]") and not self.at_mark(","):
            sizes = self.comma_list(self.expression)
            rank = len(sizes)
        while self.take_mark(","):
            rank += 1
        self.expect_mark("]")
        ranks = []
        while self.at_mark("[") and self.peek().text in {"]", ","}:
            ranks.append(self._rank())
        if ranks and element is not None:
            # `new int[3][]` is an array of `int[]`.
            element = Type(element.name, element.arguments, element.nullable, tuple(ranks), at=element.at)
        initialiser = self.initialiser() if self.at_mark("{") else None
        if initialiser is None and not sizes:
            self.expected("'{'", hint="Give the array's length in the brackets, or its elements in braces.")
        return NewArray(element, sizes, rank, initialiser, at=self.since(start))

    def initialiser(self) -> Initialiser:
        start = self.index
        self.expect_mark("{")
        self.deeper()
        members: list[Assigned | Element] = []
        while not self.at_mark("}"):
            members.append(self._initial_member())
            if not self.take_mark(","):
                break
        self.expect_mark("}")
        self.depth -= 1
        return Initialiser(tuple(members), at=self.since(start))

    def _initial_member(self) -> Assigned | Element:
        start = self.index
        if self.take_mark("{"):
            values = self.comma_list(self._initial)
            self.expect_mark("}")
            return Element(values, at=self.since(start))
        if self.take_mark("["):
            index = self.comma_list(self.expression)
            self.expect_mark("]")
            self.expect_mark("=")
            return Assigned(self._initial(), None, index, at=self.since(start))
        if self.token.kind in {Kind.NAME, Kind.QUOTED} and self.peek().text == "=":
            name = self.identifier("a member")
            self.advance()
            return Assigned(self._initial(), name, at=self.since(start))
        return Element((self.expression(),), at=self.since(start))

    def _initial(self) -> Expression | Initialiser:
        return self.initialiser() if self.at_mark("{") else self.expression()
