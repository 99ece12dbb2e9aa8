"""Where the parser stands in the tokens: looking, taking, complaining."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NoReturn, TypeVar

from lazulite.usql.errors import RESERVED_WORD, SYNTAX, Problem, problem
from lazulite.usql.grammar.lexer import Lexer, Lines
from lazulite.usql.grammar.tokens import Kind, Token, reserved
from lazulite.usql.tree import Expression, ObjectName, Query, Span, Type

DEEPEST = 64
"""How deep expressions and queries may be nested in one another."""
LONGEST_CHAIN = 5000
"""How many operators, joins or members may follow one another in one expression."""

_T = TypeVar("_T")


class Unreadable(Exception):
    """What stands here cannot be read; the statement is given up and reading goes on behind it."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.message)
        self.problem = found


class Cursor:
    """A place in the tokens of `text[start:end]`.

    Args:
        problems: where the lexer puts what it cannot read.
        lines: those of the whole text, if they are known.
    """

    def __init__(
        self,
        text: str,
        problems: list[Problem],
        *,
        start: int = 0,
        end: int | None = None,
        lines: Lines | None = None,
        depth: int = 0,
    ) -> None:
        self.text = text
        self.problems = problems
        self.lines = lines or Lines(text)
        self.tokens = Lexer(text, problems, start, end).tokens()
        self.closing = _closing(self.tokens)
        self.index = 0
        self.token = self.tokens[0]
        self.depth = depth
        self.queries = 0  # how many LINQ queries are open: in them their words are no names
        self.assignable = False  # whether `=` assigns: in C# blocks it does, in U-SQL it is a slip for `==`

    # What the parts of the parser call in one another, before it is written.
    def expression(self) -> Expression:
        raise NotImplementedError

    def query(self) -> Query:
        raise NotImplementedError

    def type(self) -> Type:
        raise NotImplementedError

    # Looking.
    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def at_mark(self, mark: str) -> bool:
        return self.token.text == mark and self.token.kind is Kind.MARK

    def at_word(self, *words: str) -> bool:
        return self.token.kind is Kind.NAME and self.token.text in words

    def words_ahead(self, *words: str) -> bool:
        """Tell whether these words follow one another from here."""
        return all(
            self.peek(ahead).kind is Kind.NAME and self.peek(ahead).text == word
            for ahead, word in enumerate(words)
        )

    # Taking.
    def advance(self) -> Token:
        token = self.token
        if token.kind is not Kind.END:
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def jump(self, index: int) -> None:
        self.index = index
        self.token = self.tokens[index]

    def take_mark(self, mark: str) -> bool:
        if self.at_mark(mark):
            self.advance()
            return True
        return False

    def take_words(self, *words: str) -> bool:
        if self.words_ahead(*words):
            self.jump(self.index + len(words))
            return True
        return False

    def expect_mark(self, mark: str, hint: str = "") -> Token:
        if not self.at_mark(mark):
            self.expected(f"'{mark}'", hint=hint)
        return self.advance()

    def expect_words(self, *words: str, hint: str = "") -> None:
        for word in words:
            if not self.at_word(word):
                self.expected(word, hint=hint)
            self.advance()

    def comma_list(self, one: Callable[[], _T]) -> tuple[_T, ...]:
        """Read one or more, with commas between them."""
        found = [one()]
        while self.take_mark(","):
            found.append(one())
        return tuple(found)

    def in_brackets(self, one: Callable[[], _T]) -> tuple[_T, ...]:
        """Read `(one, one, …)`, at least one."""
        self.expect_mark("(")
        found = self.comma_list(one)
        self.expect_mark(")")
        return found

    # Names.
    def identifier(self, what: str = "a name") -> str:
        """Read a name, quoted or bare; a bare one must be no word of the language."""
        token = self.token
        if token.kind is Kind.QUOTED:
            self.advance()
            return str(token.value)
        if token.kind is not Kind.NAME:
            self.expected(what)
        if reserved(token.text):
            self.stop(
                f"{token.text} is a word of U-SQL and cannot be {what}",
                code=RESERVED_WORD,
                hint=f"Write [{token.text}].",
            )
        self.advance()
        return token.text

    def name_part(self, what: str) -> str:
        """Read a part of a dotted name: capitals are allowed where a dot shows that no keyword is meant."""
        before = self.tokens[self.index - 1].text if self.index else ""
        if self.token.kind is Kind.NAME and (self.peek().text == "." or before == "."):
            return self.advance().text
        return self.identifier(what)

    def object_name(self, what: str = "a name") -> ObjectName:
        """Read `a`, `a.b`, `a.b.c`, `a..c`."""
        start = self.index
        parts = [self.name_part(what)]
        while self.take_mark("."):
            parts.append("" if self.at_mark(".") else self.name_part(what))
        return ObjectName(tuple(parts), at=self.since(start))

    def local_name(self, what: str) -> ObjectName:
        """Read the name of an object that only the script has: `@f`, which is its one part."""
        start = self.index
        return ObjectName(("@" + self.variable(what),), at=self.since(start))

    def variable(self, what: str = "a variable") -> str:
        if self.token.kind is Kind.SYSTEM:
            self.stop(
                f"{self.token.text} is a system variable",
                hint=f"Name your own with one @: @{self.token.value}.",
            )
        if self.token.kind is not Kind.VARIABLE:
            self.expected(f"{what} such as @rows")
        return str(self.advance().value)

    # Places and complaints.
    def since(self, start: int) -> Span:
        """Give the place from the token `start` to the last one taken."""
        begin = self.tokens[start].start
        end = self.tokens[self.index - 1].end if self.index > start else self.tokens[start].end
        return self.lines.span(begin, end)

    def deeper(self) -> None:
        """Note that one more level begins. Whoever calls it takes it back by `self.depth -= 1`."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.stop(
                f"this is nested more than {DEEPEST} levels deep", hint="Split it: name a part with @x = …."
            )

    def link(self, length: int) -> None:
        """Refuse a chain that is longer than can be handled."""
        if length > LONGEST_CHAIN:
            self.stop(f"more than {LONGEST_CHAIN} operators follow one another", hint="Split the expression.")

    def expected(self, *what: str, hint: str = "") -> NoReturn:
        """Stop: one of these was expected here."""
        wanted = what[0] if len(what) == 1 else ", ".join(what[:-1]) + " or " + what[-1]
        self.stop(f"expected {wanted}, found {self._shown()}", hint=hint)

    def stop(
        self, message: str, *, code: str = SYNTAX, hint: str = "", token: Token | None = None
    ) -> NoReturn:
        place = token or self.token
        at = self.lines.span(place.start, place.end)
        raise Unreadable(problem(self.text, code, message, at, hint))

    def _shown(self) -> str:
        if self.token.kind is Kind.END:
            return "the end of the script"
        text = self.token.text
        longest = 40
        return f"'{text if len(text) <= longest else text[:longest] + '…'}'"

    def skip_to(self, marks: Collection[str], words: Collection[str] = ()) -> None:
        """Go on to the next of these that stands in no bracket that is opened on the way."""
        while self.token.kind is not Kind.END:
            if self.token.kind is Kind.MARK and self.token.text in marks:
                return
            if self.token.kind is Kind.NAME and self.token.text in words:
                return
            self.jump(self.closing.get(self.index, self.index))
            self.advance()


_PAIRS = {")": "(", "]": "[", "}": "{"}


def _closing(tokens: list[Token]) -> dict[int, int]:
    """Give for each opening bracket the index of the one that closes it, where they match."""
    found: dict[int, int] = {}
    waiting: list[tuple[str, int]] = []
    braces = 0
    for index, token in enumerate(tokens):
        if token.kind is not Kind.MARK:
            continue
        mark = token.text
        if mark in {"(", "[", "{", "?["}:
            waiting.append((mark[-1], index))
            braces += mark == "{"
        elif mark in _PAIRS:
            if waiting and waiting[-1][0] == _PAIRS[mark]:
                found[waiting.pop()[1]] = index
                braces -= mark == "}"
        elif mark == ";" and not braces:
            waiting.clear()  # a statement has ended with a bracket open
    return found
