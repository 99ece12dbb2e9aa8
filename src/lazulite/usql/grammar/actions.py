"""What the statements that define nothing say: one reader for each first word."""

from __future__ import annotations

from lazulite.usql.grammar.definitions import DefinitionParser
from lazulite.usql.grammar.sources import QUERY_WORDS
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    Branch,
    Declare,
    DeployResource,
    ExportAssembly,
    ExportVariable,
    Expression,
    Fetch,
    If,
    ImportPackage,
    Insert,
    Ordering,
    Output,
    Raise,
    ReferenceAssembly,
    Return,
    SetOption,
    Statement,
    Truncate,
    Type,
    Use,
    Using,
)


class ActionParser(DefinitionParser):
    """Reads statements by their first word, which stands at the cursor."""

    def use_statement(self, start: int) -> Statement:
        self.advance()
        if self.take_words("SCHEMA"):
            return Use(self.object_name("a schema"), "SCHEMA", at=self.since(start))
        self.take_words("DATABASE")
        return Use(self.object_name("a database"), at=self.since(start))

    def declare_statement(self, start: int) -> Statement:
        self.advance()
        if self.at_word("FUNCTION", "PROCEDURE", "TYPE", "VIEW"):
            return self.local_definition(start)
        external = self.take_words("EXTERNAL")
        const = self.take_words("CONST")
        name = self.variable()
        kind: Type | None = None if self.at_mark("=") else self.type()
        self.expect_mark("=", hint='A variable is declared with its value: DECLARE @x string = "…";')
        return Declare(name, kind, self.expression(), external, const, at=self.since(start))

    def set_statement(self, start: int) -> Statement:
        self.advance()
        if self.token.kind is not Kind.SYSTEM:
            self.expected(
                "a system variable such as @@FeaturePreviews",
                hint="Variables are not changed: DECLARE another one.",
            )
        name = str(self.advance().value)
        self.expect_mark("=")
        return SetOption(name, self.expression(), at=self.since(start))

    def output_statement(self, start: int) -> Statement:
        self.advance()
        rows = self.query() if self.at_word(*QUERY_WORDS) else self.rowset()
        self.expect_words("TO", hint='OUTPUT @rows TO "/path" USING Outputters.Csv();')
        path = self.expression()
        order: tuple[Ordering, ...] = ()
        fetch: Fetch | None = None
        clustered: tuple[str, ...] = ()
        expiration: Expression | None = None
        while self.at_word("ORDER", "CLUSTERED", "FETCH", "OFFSET", "EXPIRATION"):
            if self.at_word("ORDER"):
                order = self.order_by()
            elif self.take_words("CLUSTERED"):
                self.take_words("BY")
                clustered = self.comma_list(self.column_name)
            elif self.take_words("EXPIRATION"):
                expiration = self.expression()
            else:
                fetch = self.fetch()
        self.expect_words("USING", hint="OUTPUT … USING Outputters.Csv();")
        made = self.expression()
        return Output(rows, path, made, order, fetch, clustered, expiration, at=self.since(start))

    def if_statement(self, start: int) -> Statement:
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

    def insert_statement(self, start: int) -> Statement:
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

    def truncate_statement(self, start: int) -> Statement:
        self.advance()
        self.expect_words("TABLE")
        table = self.object_name("a table")
        labels = self.partition_labels() if self.at_word("PARTITION") else ()
        return Truncate(table, labels, at=self.since(start))

    def reference_statement(self, start: int) -> Statement:
        self.advance()
        system = self.take_words("SYSTEM")
        self.expect_words("ASSEMBLY")
        return ReferenceAssembly(self.object_name("an assembly"), system, at=self.since(start))

    def deploy_statement(self, start: int) -> Statement:
        self.advance()
        self.expect_words("RESOURCE")
        return DeployResource(self.comma_list(self.expression), at=self.since(start))

    def using_statement(self, start: int) -> Statement:
        self.advance()
        alias = None
        if self.peek().text == "=":
            alias = self.identifier("an alias")
            self.advance()
        return Using(self.type(), alias, at=self.since(start))

    def import_statement(self, start: int) -> Statement:
        self.advance()
        self.expect_words("PACKAGE")
        name = self.object_name("a package")
        arguments: tuple[Expression, ...] = self.values_in_brackets() if self.at_mark("(") else ()
        alias = self.identifier("an alias") if self.take_words("AS") else None
        return ImportPackage(name, arguments, alias, at=self.since(start))

    def export_statement(self, start: int) -> Statement:
        self.advance()
        system = self.take_words("SYSTEM")
        if system or self.at_word("ASSEMBLY"):
            self.expect_words("ASSEMBLY")
            return ExportAssembly(self.object_name("an assembly"), system, at=self.since(start))
        for word in ("VARIABLE", "EXTERNAL", "CONST"):
            self.take_words(word)
        name = self.variable()
        kind = None if self.at_mark("=") or self.at_mark(";") else self.type()
        value = self.expression() if self.take_mark("=") else None
        return ExportVariable(name, kind, value, at=self.since(start))

    def return_statement(self, start: int) -> Statement:
        self.advance()
        query = None if self.at_mark(";") else self.query()
        return Return(query, at=self.since(start))

    def raise_statement(self, start: int) -> Statement:
        self.advance()
        warning = self.take_words("WARNING")
        if not warning:
            self.take_words("ERROR")
        message = None if self.at_mark(";") else self.expression()
        return Raise(message, warning, at=self.since(start))
