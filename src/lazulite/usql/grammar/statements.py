"""Statements, and going on behind one that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from lazulite.usql.errors import SYNTAX, problem
from lazulite.usql.grammar.actions import ActionParser
from lazulite.usql.grammar.cursor import Unreadable
from lazulite.usql.grammar.sources import QUERY_WORDS
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    Assign,
    InlineCode,
    ProcedureCall,
    Script,
    Statement,
)

MOST_PROBLEMS = 20
"""How many problems are told at once."""


class StatementParser(ActionParser):
    """Reads statements."""

    def script(self) -> Script:
        """Read everything; what is wrong is in `problems`."""
        statements = self.statements_until()
        while self.token.kind is not Kind.END and len(self.problems) < MOST_PROBLEMS:
            at = self.lines.span(self.token.start, self.token.end)
            self.problems.append(
                problem(
                    self.text, SYNTAX, f"{self.token.text} without a beginning: no block is open here", at
                )
            )
            self.advance()
            self.take_mark(";")
            statements += self.statements_until()
        return Script(statements, at=self.lines.span(0, len(self.text)))

    def statements_until(self, *words: str) -> tuple[Statement, ...]:
        """Read statements up to one of these words or END of the text."""
        found: list[Statement] = []
        depth = self.depth
        while self.token.kind is not Kind.END and len(self.problems) < MOST_PROBLEMS:
            if self.take_mark(";"):
                continue
            if self.at_word(*words, "END", "ELSE", "ELSEIF"):
                break
            start = self.index
            try:
                found.append(self._statement())
                self._end_of_statement(start)
            except Unreadable as wrong:
                self.problems.append(wrong.problem)
                self._go_on(start)
            except RecursionError:
                at = self.lines.span(self.token.start, self.token.end)
                message = "this is nested too deeply"
                self.problems.append(
                    problem(self.text, SYNTAX, message, at, "Split it: name a part with @x = ….")
                )
                self._go_on(start)
            self.depth, self.assignable, self.queries = depth, False, 0
        return tuple(found)

    def _end_of_statement(self, start: int) -> None:
        if self.take_mark(";") or self.token.kind is Kind.END:
            return
        last = self.tokens[self.index - 1]
        if (last.text in {"END", "IF"} or last.kind is Kind.CODE) and self.index > start:
            return
        if self.at_word("END", "ELSE", "ELSEIF"):
            return
        self.expected("';'", hint=self._hint_behind(last.text))

    def _hint_behind(self, word: str) -> str:
        token = self.token
        if (
            token.kind is Kind.NAME
            and token.text.upper() in self._STATEMENT_READERS
            and not token.text.isupper()
        ):
            return f"Words of U-SQL are written in capitals: {token.text.upper()}."
        if token.kind is Kind.NAME and token.text.islower() and token.text.upper() in _CLAUSES:
            return f"Words of U-SQL are written in capitals: {token.text.upper()}."
        return "A statement ends with a semicolon."

    def _go_on(self, start: int) -> None:
        """Go behind the statement that cannot be read: behind the next semicolon outside of brackets."""
        self.jump(max(start, self.index))
        self.skip_to((";",), ("END",) if self.depth else ())
        if self.index == start and not self.at_mark(";"):
            self.advance()
        self.take_mark(";")

    def _statement(self) -> Statement:
        self.deeper()
        found = self._read_statement()
        self.depth -= 1
        return found

    def _read_statement(self) -> Statement:
        token = self.token
        if token.kind is Kind.VARIABLE and self.peek().text == "(":
            start = self.index
            name = self.local_name("a procedure")
            return ProcedureCall(name, self.values_in_brackets(), at=self.since(start))
        if token.kind is Kind.VARIABLE:
            return self._assign()
        if token.kind is Kind.CODE:
            start = self.index
            self.advance()
            return InlineCode(str(token.value), at=self.since(start))
        if token.kind is Kind.SYSTEM:
            self.stop(
                f"{token.text} is a system variable",
                hint=f"Write SET {token.text} = …, or {token.text[1:]} for one of your own.",
            )
        if token.kind is Kind.NAME and self.peek().text != ".":
            reader = self._STATEMENT_READERS.get(token.text)
            if reader is not None:
                return reader(self, self.index)
            if token.text in QUERY_WORDS:
                self.stop(
                    f"a {token.text} gives a rowset, which needs a name",
                    hint=f"Write @rows = {token.text} ….",
                )
            upper = token.text.upper()
            if (upper in self._STATEMENT_READERS or upper in QUERY_WORDS) and self.peek().text != "(":
                self.expected(
                    "a statement", hint=f"Words of U-SQL are written in capitals: {token.text.upper()}."
                )
        if token.kind in {Kind.NAME, Kind.QUOTED}:
            return self._call()
        self.expected("a statement such as @rows = SELECT …, OUTPUT or DECLARE")

    def _call(self) -> ProcedureCall:
        start = self.index
        name = self.object_name("a statement")
        if not self.at_mark("("):
            self.stop(f"{name} begins no statement", token=self.tokens[start])
        return ProcedureCall(name, self.values_in_brackets(), at=self.since(start))

    def _assign(self) -> Assign:
        start = self.index
        targets = self.comma_list(self.variable)
        self.expect_mark("=", hint="A rowset is named by @rows = SELECT …; a value by DECLARE @x int = ….")
        return Assign(targets, self.query(), at=self.since(start))

    _STATEMENT_READERS: ClassVar[dict[str, Callable[[Any, int], Statement]]] = {
        "USE": ActionParser.use_statement,
        "DECLARE": ActionParser.declare_statement,
        "SET": ActionParser.set_statement,
        "OUTPUT": ActionParser.output_statement,
        "IF": ActionParser.if_statement,
        "INSERT": ActionParser.insert_statement,
        "TRUNCATE": ActionParser.truncate_statement,
        "REFERENCE": ActionParser.reference_statement,
        "DEPLOY": ActionParser.deploy_statement,
        "USING": ActionParser.using_statement,
        "IMPORT": ActionParser.import_statement,
        "EXPORT": ActionParser.export_statement,
        "RETURN": ActionParser.return_statement,
        "RAISE": ActionParser.raise_statement,
        "CREATE": lambda parser, _: parser.create(),
        "ALTER": lambda parser, _: parser.alter(),
        "DROP": lambda parser, _: parser.drop(),
        "UPDATE": lambda parser, _: parser.update(),
    }


_CLAUSES = frozenset(
    [
        "FROM",
        "WHERE",
        "GROUP",
        "ORDER",
        "HAVING",
        "JOIN",
        "ON",
        "USING",
        "TO",
        "AS",
        "SELECT",
        "UNION",
        "FETCH",
    ]
)
