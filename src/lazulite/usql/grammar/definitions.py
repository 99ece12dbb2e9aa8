"""CREATE, ALTER, DROP, UPDATE STATISTICS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from lazulite.usql.grammar.foreign import ForeignParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    Assign,
    CreateDatabase,
    CreateFunction,
    CreatePackage,
    CreateProcedure,
    CreateSchema,
    CreateStatistics,
    CreateType,
    CreateView,
    Drop,
    Expression,
    ObjectKind,
    ObjectName,
    Parameter,
    Result,
    RowType,
    Statement,
    Type,
    UpdateStatistics,
)

_KINDS: tuple[ObjectKind, ...] = (
    "ASSEMBLY", "CREDENTIAL", "DATA SOURCE", "DATABASE", "FUNCTION", "INDEX", "PACKAGE", "PROCEDURE", "SCHEMA",
    "STATISTICS", "TABLE", "TYPE", "VIEW",
)  # fmt: skip


class DefinitionParser(ForeignParser):
    """Reads definitions."""

    def create(self) -> Statement:
        start = self.index
        self.expect_words("CREATE")
        return self._definition(start, alter=False)

    def alter(self) -> Statement:
        start = self.index
        self.expect_words("ALTER")
        if self.take_words("TABLE"):
            return self.alter_table(start)
        if not self.at_word("VIEW", "FUNCTION", "PROCEDURE", "ASSEMBLY", "CREDENTIAL", "DATA"):
            self.expected("TABLE", "VIEW", "FUNCTION", "PROCEDURE", "ASSEMBLY", "CREDENTIAL", "DATA SOURCE")
        return self._definition(start, alter=True)

    def _definition(self, start: int, *, alter: bool) -> Statement:
        reader = self._DEFINITION_READERS.get(self.token.text) if self.token.kind is Kind.NAME else None
        if reader is None:
            self.expected(*_KINDS)
        self.advance()
        return reader(self, start, alter)

    def if_not_exists(self) -> bool:
        if not self.at_word("IF"):
            return False
        self.expect_words("IF", "NOT", "EXISTS")
        return True

    def if_exists(self) -> bool:
        if not self.at_word("IF"):
            return False
        self.expect_words("IF", "EXISTS")
        return True

    def statements_until(self, *words: str) -> tuple[Statement, ...]:
        raise NotImplementedError

    def body(self) -> tuple[Statement, ...]:
        """Read `[AS] BEGIN … END`."""
        self.take_words("AS")
        self.expect_words("BEGIN")
        found = self.statements_until("END")
        self.expect_words("END")
        return found

    def _parameters(self) -> tuple[Parameter, ...]:
        self.expect_mark("(")
        found = () if self.at_mark(")") else self.comma_list(self._parameter)
        self.expect_mark(")")
        return found

    def _parameter(self) -> Parameter:
        start = self.index
        name = self.variable("a parameter")
        kind = self._rows_or_type()
        default: Expression | None = None
        is_default = False
        if self.take_mark("="):
            is_default = self.take_words("DEFAULT")
            default = None if is_default else self.expression()
        return Parameter(name, kind, default, is_default, at=self.since(start))

    def _rows_or_type(self) -> RowType | Type:
        return self.row_type() if self.at_word("TABLE") else self.type()

    def _results(self) -> tuple[Result, ...]:
        self.expect_words("RETURNS", hint="A function says what it gives: RETURNS @rows TABLE(a int).")
        return self.in_brackets(self._result) if self.at_mark("(") else self.comma_list(self._result)

    def _result(self) -> Result:
        start = self.index
        name = self.variable("a result")
        typed = (
            self.at_word("TABLE") or self.token.kind is Kind.QUOTED or self.past_type(self.index) is not None
        )
        return Result(name, self._rows_or_type() if typed else None, at=self.since(start))

    def local_definition(self, start: int) -> Statement:
        """Read what follows DECLARE: a function, procedure, type or view that only the script has.

        It is the statement that would create it, with `@name` for a name; a view is the rowset of its query.
        """
        word = self.advance().text
        if word == "VIEW":
            target = self.variable("a view")
            self.expect_words("AS")
            return Assign((target,), self.query(), at=self.since(start))
        name = self.local_name(f"a {word.lower()}")
        if word == "TYPE":
            self.expect_words("AS")
            return CreateType(name, self.row_type(), at=self.since(start))
        parameters = self._parameters()
        if word == "PROCEDURE":
            return CreateProcedure(name, parameters, self.body(), at=self.since(start))
        results = self._results()
        return CreateFunction(name, parameters, results, self.body(), at=self.since(start))

    # One reader for each kind of object; the word itself is taken.
    def _database(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        return CreateDatabase(self.object_name("a database"), known, at=self.since(start))

    def _schema(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        return CreateSchema(self.object_name("a schema"), known, at=self.since(start))

    def _table(self, start: int, alter: bool) -> Statement:
        return self.create_table(start)

    def _external(self, start: int, alter: bool) -> Statement:
        self.expect_words("TABLE")
        return self.create_external_table(start)

    def _index(self, start: int, alter: bool) -> Statement:
        self.expect_words("INDEX")
        return self.create_index(start)

    def _statistics(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.identifier("statistics")
        self.expect_words("ON")
        table = self.object_name("a table")
        columns = self.in_brackets(self.column_name)
        if self.take_words("WITH"):
            self.expect_words("FULLSCAN")
        return CreateStatistics(name, table, columns, known, at=self.since(start))

    def _view(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("a view")
        columns = self.in_brackets(self.column_name) if self.at_mark("(") else ()
        self.expect_words("AS")
        return CreateView(name, self.query(), columns, known, alter, at=self.since(start))

    def _function(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("a function")
        parameters = self._parameters()
        results = self._results()
        return CreateFunction(name, parameters, results, self.body(), known, alter, at=self.since(start))

    def _procedure(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("a procedure")
        parameters = self._parameters()
        return CreateProcedure(name, parameters, self.body(), known, alter, at=self.since(start))

    def _package(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("a package")
        parameters = self._parameters() if self.at_mark("(") else ()
        return CreatePackage(name, parameters, self.body(), known, at=self.since(start))

    def _type(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("a type")
        self.expect_words("AS")
        return CreateType(name, self.row_type(), known, at=self.since(start))

    def drop(self) -> Statement:
        start = self.index
        self.expect_words("DROP")
        self.take_words("EXTERNAL")
        for kind in _KINDS:
            if self.take_words(*kind.split()):
                known = self.if_exists()
                name = self.object_name("the name of what to drop")
                on: ObjectName | None = None
                if kind in {"STATISTICS", "INDEX"} and self.take_words("ON"):
                    on = self.object_name("a table")
                return Drop(kind, name, known, on, at=self.since(start))
        self.expected(*_KINDS)

    def update(self) -> Statement:
        start = self.index
        self.expect_words(
            "UPDATE", "STATISTICS", hint="U-SQL has no UPDATE of rows; write a new table with INSERT."
        )
        known = self.if_exists()
        name = self.identifier("statistics")
        self.expect_words("ON")
        table = self.object_name("a table")
        incremental = False
        if self.take_words("WITH"):
            self.expect_words("INCREMENTAL")
            self.expect_mark("=")
            incremental = self.take_words("ON")
            if not incremental:
                self.expect_words("OFF")
        return UpdateStatistics(name, table, incremental, known, at=self.since(start))

    _DEFINITION_READERS: ClassVar[dict[str, Callable[[Any, int, bool], Statement]]] = {
        "DATABASE": _database,
        "SCHEMA": _schema,
        "TABLE": _table,
        "EXTERNAL": _external,
        "CLUSTERED": _index,
        "STATISTICS": _statistics,
        "VIEW": _view,
        "FUNCTION": _function,
        "PROCEDURE": _procedure,
        "PACKAGE": _package,
        "TYPE": _type,
        "ASSEMBLY": ForeignParser.assembly,
        "CREDENTIAL": ForeignParser.credential,
        "DATA": ForeignParser.data_source,
    }
