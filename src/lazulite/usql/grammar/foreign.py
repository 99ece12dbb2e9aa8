"""What lies outside of the catalog: assemblies, credentials, data sources, with their options."""

from __future__ import annotations

import string

from lazulite.usql.grammar.tables import TableParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    CreateAssembly,
    CreateCredential,
    CreateDataSource,
    Expression,
    Literal,
    LiteralKind,
    Option,
    RenamedFile,
    Statement,
)


class ForeignParser(TableParser):
    """Reads definitions of what other systems have."""

    def assembly(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("an assembly")
        self.expect_words("FROM")
        content = self._content()
        options = self._options() if self.take_words("WITH") else ()
        return CreateAssembly(name, content, options, known, alter, at=self.since(start))

    def _content(self) -> Expression:
        """Read an assembly's content: a path, or its bytes as `0x4D5A…`."""
        token, start = self.token, self.index
        if token.kind is Kind.NUMBER and token.text[:2] in {"0x", "0X"}:
            digits = token.text[2:]
            if set(digits) - set(string.hexdigits):
                self.expected("a path", "bytes such as 0x4D5A")
            self.advance()
            return Literal(
                LiteralKind.BYTES,
                bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)),
                at=self.since(start),
            )
        return self.expression()

    def credential(self, start: int, alter: bool) -> Statement:
        known = self.if_not_exists()
        name = self.object_name("a credential")
        self.expect_words("WITH")
        return CreateCredential(name, self._options(), known, alter, at=self.since(start))

    def data_source(self, start: int, alter: bool) -> Statement:
        self.expect_words("SOURCE")
        known = self.if_not_exists()
        name = self.object_name("a data source")
        kind = ""
        if self.take_words("FROM"):
            kind = (
                self.advance().text
                if self.token.kind is Kind.NAME
                else self.identifier("a kind of data source")
            )
        self.expect_words("WITH")
        return CreateDataSource(name, kind, self._options(), known, alter, at=self.since(start))

    def _options(self) -> tuple[Option, ...]:
        if self.at_mark("("):
            return self.in_brackets(self._option)
        return self.comma_list(self._option)

    def _option(self) -> Option:
        start = self.index
        if self.token.kind is not Kind.NAME:
            self.expected("an option's name")
        name = self.advance().text
        self.expect_mark("=")
        values = self.in_brackets(self._option_value) if self._list_ahead() else (self._option_value(),)
        return Option(name, values, at=self.since(start))

    def _list_ahead(self) -> bool:
        """Tell `= (a, b)` from an expression that begins with a parenthesis."""
        closing = self.closing.get(self.index) if self.at_mark("(") else None
        if closing is None:
            return False
        after = self.tokens[closing + 1]
        return after.kind is Kind.END or after.text in {",", ")", ";"}

    def _option_value(self) -> Expression:
        start = self.index
        value = self.expression()
        if self.take_words("AS"):
            return RenamedFile(value, self.expression(), at=self.since(start))
        return value
