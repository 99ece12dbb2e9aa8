"""What stands behind FROM: rowsets, their aliases, joins, applies, pivots."""

from __future__ import annotations

from lazulite.usql.grammar.expressions import ExpressionParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    Aliased,
    Applier,
    Apply,
    Column,
    Explode,
    Expression,
    External,
    FunctionCall,
    Hint,
    Item,
    Join,
    JoinKind,
    Pivot,
    PivotValue,
    Query,
    RowsetVariable,
    Star,
    TableReference,
    Unpivot,
    Values,
)

QUERY_WORDS = frozenset({"SELECT", "EXTRACT", "PROCESS", "REDUCE", "COMBINE", "VALUES", "SAMPLE", "EXTERNAL"})
_JOIN_WORDS = frozenset(
    {"INNER", "LEFT", "RIGHT", "FULL", "CROSS", "JOIN", "SEMIJOIN", "ANTISEMIJOIN", "SEMI", "ANTISEMI"}
)
_HINTS = frozenset(
    ["SERIAL", "PAIR", "BROADCASTLEFT", "BROADCASTRIGHT", "FULLCROSS", "MERGE", "HASH", "LOOP", "INDEXLOOKUP"]
)


class SourceParser(ExpressionParser):
    """Reads the rowsets of FROM."""

    def source(self) -> Query:
        """Read a rowset with all that is joined to it."""
        self.deeper()
        start = self.index
        found = self._aliased(self.rowset())
        length = 0
        while True:
            more = self._joined_to(found, start)
            if more is None:
                self.depth -= 1
                return found
            found = more
            length += 1
            self.link(length)

    def _joined_to(self, left: Query, start: int) -> Query | None:
        if self.token.kind is not Kind.NAME:
            return None
        if self.words_ahead("CROSS", "APPLY") or self.words_ahead("OUTER", "APPLY"):
            outer = self.advance().text == "OUTER"
            self.advance()
            return Apply(left, self._applied(), outer, at=self.since(start))
        if self.at_word("PIVOT"):
            return self._pivot(left, start)
        if self.at_word("UNPIVOT"):
            return self._unpivot(left, start)
        if self.token.text in _JOIN_WORDS:
            return self._join(left, start)
        return None

    def rowset(self) -> Query:
        """Read a rowset without its alias: `@x`, `db.dbo.T`, `db.dbo.F(1)`, `(query)`, VALUES, EXTERNAL."""
        start = self.index
        if self.token.kind is Kind.VARIABLE and self.peek().text == "(":
            name = self.local_name("a function")
            return FunctionCall(name, self.values_in_brackets(), at=self.since(start))
        if self.token.kind is Kind.VARIABLE:
            return RowsetVariable(str(self.advance().value), at=self.since(start))
        if self.at_mark("("):
            return self._in_parentheses()
        if self.token.kind is Kind.NAME and self.token.text in QUERY_WORDS and self.peek().text != ".":
            return self.primary_query()
        if self.token.kind not in {Kind.NAME, Kind.QUOTED}:
            self.expected("a rowset: @name, a table, a function's call or a query in parentheses")
        name = self.object_name("a table's name")
        if self.at_mark("("):
            return FunctionCall(name, self.values_in_brackets(), at=self.since(start))
        return TableReference(name, at=self.since(start))

    def primary_query(self) -> Query:
        raise NotImplementedError

    def set_operations(self, left: Query, start: int) -> Query:
        raise NotImplementedError

    def _in_parentheses(self) -> Query:
        self.expect_mark("(")
        start = self.index
        if self.token.kind is Kind.NAME and self.token.text in QUERY_WORDS and self.peek().text != ".":
            found = self.query()
        else:
            found = self.set_operations(self.source(), start)
        self.expect_mark(")", hint="A query inside of another stands in parentheses.")
        return found

    def _aliased(self, source: Query) -> Query:
        if not self.at_word("AS"):
            return source
        self.advance()
        alias, columns = self.alias_with_columns()
        begin = source.at
        end = self.tokens[self.index - 1].end
        return Aliased(source, alias, columns, at=begin._replace(end=end))

    def alias_with_columns(self) -> tuple[str, tuple[Column, ...]]:
        """Read `name` or `name(a, b int)` behind AS."""
        alias = self.identifier("an alias")
        return alias, self.in_brackets(self.loose_column) if self.at_mark("(") else ()

    # Joins.
    def _join(self, left: Query, start: int) -> Join:
        kind = self._join_kind()
        hint_start = self.index
        while self.token.kind is Kind.NAME and self.token.text in _HINTS:
            self.advance()
        hint = None
        if self.index > hint_start:
            words = " ".join(token.text for token in self.tokens[hint_start : self.index])
            hint = Hint(words, at=self.since(hint_start))
        if kind in {"INNER", "LEFT", "RIGHT", "FULL", "CROSS"}:
            kind = self._last_word(kind)
        right = self._aliased(self.rowset())
        test = None
        if kind != "CROSS":
            self.expect_words("ON", hint="A join says ON what: … JOIN @b AS b ON a.Id == b.Id.")
            test = self.expression()
        return Join(kind, left, right, test, hint, at=self.since(start))

    def _join_kind(self) -> JoinKind:
        if self.take_words("INNER"):
            return "INNER"
        if self.take_words("CROSS"):
            return "CROSS"
        if self.take_words("FULL"):
            self.take_words("OUTER")
            return "FULL"
        if self.take_words("LEFT"):
            self.take_words("OUTER")
            return "LEFT"
        if self.take_words("RIGHT"):
            self.take_words("OUTER")
            return "RIGHT"
        return "INNER"

    def _last_word(self, kind: JoinKind) -> JoinKind:
        """Read JOIN, SEMIJOIN or ANTISEMIJOIN behind the side that is said."""
        semi = self.take_words("SEMIJOIN") or self.take_words("SEMI", "JOIN")
        if not semi and not self.take_words("ANTISEMIJOIN") and not self.take_words("ANTISEMI", "JOIN"):
            self.expect_words("JOIN")
            return kind
        if kind == "LEFT":
            return "LEFT SEMI" if semi else "LEFT ANTI SEMI"
        if kind == "RIGHT":
            return "RIGHT SEMI" if semi else "RIGHT ANTI SEMI"
        if kind != "INNER":
            self.stop(f"there is no {kind} SEMIJOIN", hint="Write SEMIJOIN, LEFT SEMIJOIN or RIGHT SEMIJOIN.")
        return "SEMI" if semi else "ANTI SEMI"

    # Applies.
    def _applied(self) -> Query:
        start = self.index
        if self.at_word("EXPLODE"):
            self.advance()
            self.expect_mark("(")
            value = self.expression()
            self.expect_mark(")")
            self.expect_words("AS", hint="CROSS APPLY EXPLODE(x) AS t(column).")
            alias, columns = self.alias_with_columns()
            return Explode(value, alias, columns, at=self.since(start))
        if self.at_word("VALUES") or (self.at_mark("(") and self.peek().text in QUERY_WORDS):
            return self._aliased(self.rowset())
        self.take_words("USING")
        applier = self.expression()
        self.expect_words("AS", hint="CROSS APPLY USING new My.Applier() AS t(a int, b string).")
        alias, columns = self.alias_with_columns()
        readonly, required = self.clauses_of_columns()
        return Applier(applier, alias, columns, readonly, required, at=self.since(start))

    def clauses_of_columns(self) -> tuple[tuple[str, ...] | Star | None, tuple[str, ...] | Star | None]:
        """Read READONLY and REQUIRED, in any order."""
        readonly: tuple[str, ...] | Star | None = None
        required: tuple[str, ...] | Star | None = None
        while self.at_word("READONLY", "REQUIRED"):
            word = self.advance().text
            found = self.columns_or_star()
            if word == "READONLY":
                readonly = found
            else:
                required = found
        return readonly, required

    def columns_or_star(self) -> tuple[str, ...] | Star:
        """Read `*`, NONE (no columns) or columns; `a(b, c)`, which says for what a is required, is a."""
        start = self.index
        if self.take_mark("*"):
            return Star(at=self.since(start))
        return () if self.take_words("NONE") else self.comma_list(self._required_column)

    def _required_column(self) -> str:
        name = self.column_name()
        if self.at_mark("("):
            self.in_brackets(self.column_name)
        return name

    def sorted_by(self) -> tuple[str, ...]:
        return self.comma_list(self.column_name) if self.take_words("SORTED", "BY") else ()

    # Pivots.
    def _pivot(self, source: Query, start: int) -> Pivot:
        self.advance()
        self.expect_mark("(")
        aggregates = self.comma_list(self.item)
        self.expect_words("FOR")
        column = self.operand()
        self.expect_words("IN")
        values = self.in_brackets(self._pivot_value)
        self.expect_mark(")")
        alias, columns = self.alias_with_columns() if self.take_words("AS") else (None, ())
        return Pivot(source, aggregates, column, values, alias, columns, at=self.since(start))

    def _pivot_value(self) -> PivotValue:
        start = self.index
        value = self.expression()
        name = self.identifier("a column") if self.take_words("AS") else None
        return PivotValue(value, name, at=self.since(start))

    def _unpivot(self, source: Query, start: int) -> Unpivot:
        self.advance()
        include = self.take_words("INCLUDE", "NULLS")
        if not include:
            self.take_words("EXCLUDE", "NULLS")
        self.expect_mark("(")
        value = self.identifier("a column")
        self.expect_words("FOR")
        name = self.identifier("a column")
        self.expect_words("IN")
        columns = self.in_brackets(self._unpivoted)
        self.expect_mark(")")
        alias = self.identifier("an alias") if self.take_words("AS") else None
        return Unpivot(source, value, name, columns, include, alias, at=self.since(start))

    def _unpivoted(self) -> Item:
        start = self.index
        value = self.operand()
        label = None
        if self.take_words("AS"):
            label = (
                str(self.advance().value) if self.token.kind is Kind.STRING else self.identifier("a label")
            )
        return Item(value, label, at=self.since(start))

    def item(self) -> Item:
        """Read `value [AS name]`."""
        start = self.index
        value = self.expression()
        name = self.identifier("an alias") if self.take_words("AS") else None
        return Item(value, name, at=self.since(start))

    # Others.
    def values(self) -> Values:
        start = self.index
        self.expect_words("VALUES")
        rows = self.comma_list(self._row)
        return Values(rows, at=self.since(start))

    def _row(self) -> tuple[Expression, ...]:
        return self.in_brackets(self.expression)

    def external(self) -> External:
        start = self.index
        self.expect_words("EXTERNAL")
        source = self.object_name("a data source")
        if self.take_words("EXECUTE"):
            return External(source, "EXECUTE", self.expression(), at=self.since(start))
        if self.take_words("LOCATION"):
            return External(source, "LOCATION", self.expression(), at=self.since(start))
        self.expected("EXECUTE", "LOCATION")
