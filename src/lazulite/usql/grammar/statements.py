"""Statements, and going on behind one that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from lazulite.usql.errors import SYNTAX, problem
from lazulite.usql.grammar.cursor import Unreadable
from lazulite.usql.grammar.definitions import DefinitionParser
from lazulite.usql.grammar.sources import QUERY_WORDS
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    Assign,
    Branch,
    Declare,
    DeployResource,
    ExportAssembly,
    ExportVariable,
    Expression,
    Fetch,
    If,
    ImportPackage,
    InlineCode,
    Insert,
    Ordering,
    Output,
    ProcedureCall,
    Raise,
    ReferenceAssembly,
    Return,
    Script,
    SetOption,
    Statement,
    Truncate,
    Type,
    Use,
    Using,
)

MOST_PROBLEMS = 20
"""How many problems are told at once."""


class StatementParser(DefinitionParser):
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

    # One reader for each first word; the word stands at the cursor.
    def _use(self, start: int) -> Statement:
        self.advance()
        if self.take_words("SCHEMA"):
            return Use(self.object_name("a schema"), "SCHEMA", at=self.since(start))
        self.take_words("DATABASE")
        return Use(self.object_name("a database"), at=self.since(start))

    def _declare(self, start: int) -> Statement:
        self.advance()
        external = self.take_words("EXTERNAL")
        const = self.take_words("CONST")
        name = self.variable()
        kind: Type | None = None if self.at_mark("=") else self.type()
        self.expect_mark("=", hint='A variable is declared with its value: DECLARE @x string = "…";')
        return Declare(name, kind, self.expression(), external, const, at=self.since(start))

    def _set(self, start: int) -> Statement:
        self.advance()
        if self.token.kind is not Kind.SYSTEM:
            self.expected(
                "a system variable such as @@FeaturePreviews",
                hint="Variables are not changed: DECLARE another one.",
            )
        name = str(self.advance().value)
        self.expect_mark("=")
        return SetOption(name, self.expression(), at=self.since(start))

    def _output(self, start: int) -> Statement:
        self.advance()
        rows = self.query() if self.at_word(*QUERY_WORDS) else self.rowset()
        self.expect_words("TO", hint='OUTPUT @rows TO "/path" USING Outputters.Csv();')
        path = self.expression()
        order: tuple[Ordering, ...] = ()
        fetch: Fetch | None = None
        clustered: tuple[str, ...] = ()
        while self.at_word("ORDER", "CLUSTERED", "FETCH", "OFFSET"):
            if self.at_word("ORDER"):
                order = self.order_by()
            elif self.take_words("CLUSTERED"):
                self.take_words("BY")
                clustered = self.comma_list(self.column_name)
            else:
                fetch = self.fetch()
        self.expect_words("USING", hint="OUTPUT … USING Outputters.Csv();")
        return Output(rows, path, self.expression(), order, fetch, clustered, at=self.since(start))

    def _if(self, start: int) -> Statement:
        self.advance()
        branches = [self._branch(start)]
        otherwise: tuple[Statement, ...] = ()
        while self.at_word("ELSEIF", "ELSE"):
            begin = self.index
            if self.advance().text == "ELSEIF":
                branches.append(self._branch(begin))
                continue
            otherwise = self.statements_until("END")
            break
        self.expect_words("END", hint="IF … THEN … ELSE … END;")
        if self.at_word("IF") and (self.peek().text == ";" or self.peek().kind is Kind.END):
            self.advance()  # `END IF;`
        return If(tuple(branches), otherwise, at=self.since(start))

    def _branch(self, start: int) -> Branch:
        test = self.expression()
        self.expect_words("THEN", hint="IF @x == 1 THEN … END;")
        return Branch(test, self.statements_until("ELSEIF", "ELSE", "END"), at=self.since(start))

    def _insert(self, start: int) -> Statement:
        self.advance()
        self.take_words("INTO")
        table = self.object_name("a table")
        columns: tuple[str, ...] = ()
        inside = self.peek()
        if self.at_mark("(") and inside.kind in {Kind.NAME, Kind.QUOTED} and inside.text not in QUERY_WORDS:
            columns = self.in_brackets(self.column_name)
        partition = self.partition_label() if self.at_word("PARTITION") else None
        violation = None
        if self.take_words("ON"):
            self.expect_words("INTEGRITY", "VIOLATION")
            if self.take_words("MOVE"):
                self.expect_words("TO")
                violation = self.partition_label()
            else:
                self.expect_words("IGNORE")
                return Insert(table, self.query(), columns, partition, "IGNORE", at=self.since(start))
        return Insert(table, self.query(), columns, partition, violation, at=self.since(start))

    def _truncate(self, start: int) -> Statement:
        self.advance()
        self.expect_words("TABLE")
        table = self.object_name("a table")
        labels = self.partition_labels() if self.at_word("PARTITION") else ()
        return Truncate(table, labels, at=self.since(start))

    def _reference(self, start: int) -> Statement:
        self.advance()
        system = self.take_words("SYSTEM")
        self.expect_words("ASSEMBLY")
        return ReferenceAssembly(self.object_name("an assembly"), system, at=self.since(start))

    def _deploy(self, start: int) -> Statement:
        self.advance()
        self.expect_words("RESOURCE")
        return DeployResource(self.comma_list(self.expression), at=self.since(start))

    def _using(self, start: int) -> Statement:
        self.advance()
        alias = None
        if self.peek().text == "=":
            alias = self.identifier("an alias")
            self.advance()
        return Using(self.type(), alias, at=self.since(start))

    def _import(self, start: int) -> Statement:
        self.advance()
        self.expect_words("PACKAGE")
        name = self.object_name("a package")
        arguments: tuple[Expression, ...] = self.values_in_brackets() if self.at_mark("(") else ()
        alias = self.identifier("an alias") if self.take_words("AS") else None
        return ImportPackage(name, arguments, alias, at=self.since(start))

    def _export(self, start: int) -> Statement:
        self.advance()
        system = self.take_words("SYSTEM")
        if system or self.at_word("ASSEMBLY"):
            self.expect_words("ASSEMBLY")
            return ExportAssembly(self.object_name("an assembly"), system, at=self.since(start))
        self.take_words("VARIABLE")
        self.take_words("CONST")
        name = self.variable()
        kind = None if self.at_mark("=") or self.at_mark(";") else self.type()
        value = self.expression() if self.take_mark("=") else None
        return ExportVariable(name, kind, value, at=self.since(start))

    def _return(self, start: int) -> Statement:
        self.advance()
        query = None if self.at_mark(";") else self.query()
        return Return(query, at=self.since(start))

    def _raise(self, start: int) -> Statement:
        self.advance()
        self.take_words("ERROR")
        message = None if self.at_mark(";") else self.expression()
        return Raise(message, at=self.since(start))

    _STATEMENT_READERS: ClassVar[dict[str, Callable[[StatementParser, int], Statement]]] = {
        "USE": _use,
        "DECLARE": _declare,
        "SET": _set,
        "OUTPUT": _output,
        "IF": _if,
        "INSERT": _insert,
        "TRUNCATE": _truncate,
        "REFERENCE": _reference,
        "DEPLOY": _deploy,
        "USING": _using,
        "IMPORT": _import,
        "EXPORT": _export,
        "RETURN": _return,
        "RAISE": _raise,
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
