"""Queries: SELECT, set operators, EXTRACT, and the operators of users."""

from __future__ import annotations

from typing import Literal as OneOf

from lazulite.usql.grammar.sources import SourceParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    Column,
    Combine,
    Expression,
    Extract,
    Fetch,
    Hint,
    Hinted,
    Item,
    Ordered,
    Ordering,
    Process,
    Query,
    Reduce,
    Sample,
    Select,
    SetOperation,
    Star,
)

_SetWord = OneOf["UNION", "OUTER UNION", "EXCEPT", "INTERSECT"]


class QueryParser(SourceParser):
    """Reads queries."""

    def query(self) -> Query:
        """Read a query with its set operators, ORDER BY, FETCH, SAMPLE and OPTION."""
        self.deeper()
        start = self.index
        found = self.set_operations(self.rowset(), start)
        self.depth -= 1
        return found

    def set_operations(self, left: Query, start: int) -> Query:
        """Read what follows a query: further operands, orders and hints. INTERSECT binds tighter than the others."""
        found = self._suffixes(self._intersections(self._suffixes(left, start), start), start)
        length = 0
        while True:
            operator = self._set_word("UNION", "EXCEPT")
            if operator is None:
                return found
            every, by_name, on, rest = self._set_options()
            right_start = self.index
            right = self.rowset()
            # ORDER BY behind the last operand belongs to the whole, unless an operator follows it.
            if not self._order_belongs_to_whole():
                right = self._suffixes(right, right_start)
            right = self._intersections(right, right_start)
            found = SetOperation(operator, found, right, every, by_name, on, rest, at=self.since(start))
            found = self._suffixes(found, start)
            length += 1
            self.link(length)

    def _intersections(self, left: Query, start: int) -> Query:
        found = left
        length = 0
        while True:
            operator = self._set_word("INTERSECT")
            if operator is None:
                return found
            every, by_name, on, rest = self._set_options()
            right_start = self.index
            right = self.rowset()
            if not self._order_belongs_to_whole():
                right = self._suffixes(right, right_start)
            found = SetOperation(operator, found, right, every, by_name, on, rest, at=self.since(start))
            length += 1
            self.link(length)

    def _set_word(self, *words: str) -> _SetWord | None:
        if "UNION" in words and self.take_words("OUTER", "UNION"):
            return "OUTER UNION"
        for word in ("UNION", "EXCEPT", "INTERSECT"):
            if word in words and self.take_words(word):
                return word
        return None

    def _set_options(self) -> tuple[bool, bool, tuple[str, ...], bool]:
        every = self.take_words("ALL")
        if not every:
            self.take_words("DISTINCT")
        by_name = self.take_words("BY", "NAME")
        on: list[str] = []
        rest = False
        if by_name and self.take_words("ON"):
            self.expect_mark("(")
            while True:
                if self.take_mark("*"):
                    rest = True
                else:
                    on.append(self.column_name())
                if not self.take_mark(","):
                    break
            self.expect_mark(")")
        if self.take_words("WITH", "DISJOINT"):  # a hint to the optimiser
            self.in_brackets(self.column_name)
        return every, by_name, tuple(on), rest

    def _order_belongs_to_whole(self) -> bool:
        """Tell whether behind the ORDER BY here, if there is one, no further set operator comes."""
        if not self.at_word("ORDER"):
            return True
        here = self.index
        self.skip_to((";", ")"), ("UNION", "EXCEPT", "INTERSECT", "USING", "SELECT"))
        found = not self.at_word("UNION", "EXCEPT", "INTERSECT")
        self.jump(here)
        return found

    def _suffixes(self, query: Query, start: int) -> Query:
        found = query
        while True:
            if self.words_ahead("ORDER", "BY"):
                order = self.order_by()
                found = Ordered(found, order, self.fetch(), at=self.since(start))
            elif self.at_word("SAMPLE"):
                self.advance()
                found = self._sampled(found, start)
            elif self.at_word("OPTION"):
                found = Hinted(found, self._hints(), at=self.since(start))
            elif self.at_word("FETCH", "OFFSET"):
                found = Ordered(found, (), self.fetch(), at=self.since(start))
            else:
                return found

    def order_by(self) -> tuple[Ordering, ...]:
        self.expect_words("ORDER", "BY")
        return self.comma_list(self.ordering)

    def fetch(self) -> Fetch | None:
        """Read `OFFSET n ROWS FETCH n ROWS`, either or none of it."""
        start = self.index
        offset = rows = None
        if self.take_words("OFFSET"):
            offset = self.operand()
            if not self.take_words("ROWS"):
                self.expect_words("ROW")
        if self.take_words("FETCH"):
            if not self.take_words("NEXT"):
                self.take_words("FIRST")
            rows = self.operand()
            if not self.take_words("ROWS"):
                self.take_words("ROW")
            self.take_words("ONLY")
        return Fetch(offset, rows, at=self.since(start)) if self.index > start else None

    def _sampled(self, query: Query, start: int) -> Sample:
        on = self.comma_list(self.column_name) if self.take_words("ON") else ()
        for method in ("ANY", "UNIFORM", "UNIVERSE", "DISTINCT"):
            if self.take_words(method):
                arguments = self.in_brackets(self.expression)
                weight = self.identifier("a column") if self.take_words("WITH", "WEIGHT", "AS") else None
                return Sample(query, method, arguments, on, weight, at=self.since(start))
        self.expected("ANY", "UNIFORM", "UNIVERSE", "DISTINCT")

    def _hints(self) -> tuple[Hint, ...]:
        self.expect_words("OPTION")
        opening = self.index
        closing = self.closing.get(opening)
        if not self.at_mark("(") or closing is None:
            self.expected("'('")
        text = self.text[self.tokens[opening].end : self.tokens[closing].start].strip()
        self.jump(closing + 1)
        return (Hint(text, at=self.since(opening)),)

    def primary_query(self) -> Query:
        """Read a query that begins with a word."""
        word = self.token.text
        if word == "SELECT":
            return self._select()
        if word == "EXTRACT":
            return self._extract()
        if word == "PROCESS":
            return self._process()
        if word == "REDUCE":
            return self._reduce()
        if word == "COMBINE":
            return self._combine()
        if word == "VALUES":
            return self.values()
        if word == "EXTERNAL":
            return self.external()
        start = self.index
        self.expect_words("SAMPLE")
        return self._sampled(self.source(), start)

    def _select(self) -> Select:
        start = self.index
        self.expect_words("SELECT")
        distinct = self.take_words("DISTINCT")
        items = self.comma_list(self._item_or_star)
        source = None
        if self.take_words("FROM"):
            source = self.source()
            if self.at_mark(","):
                self.stop(
                    "FROM takes one rowset", hint="Write CROSS JOIN, or … JOIN … ON …, instead of a comma."
                )
            if self.at_word("SAMPLE"):
                source = self._sampled_source(source)
        where = self.expression() if self.take_words("WHERE") else None
        group_by: tuple[Expression, ...] = ()
        if self.take_words("GROUP", "BY"):
            group_by = self.comma_list(self.expression)
        having = self.expression() if self.take_words("HAVING") else None
        return Select(items, source, distinct, where, group_by, having, at=self.since(start))

    def _sampled_source(self, source: Query) -> Query:
        """Read a SAMPLE before WHERE or GROUP BY, which is one of the rowset; one at the end is the query's."""
        here = self.index
        self.advance()
        sampled = self._sampled(source, here)
        if self.at_word("WHERE", "GROUP", "HAVING"):
            return sampled
        self.jump(here)
        return source

    def _item_or_star(self) -> Item | Star:
        start = self.index
        if self.take_mark("*"):
            return Star(at=self.since(start))
        if self.peek().text == "." and self.peek(2).text == "*" and self.peek(2).kind is Kind.MARK:
            at_rows = self.token.kind is Kind.VARIABLE
            of = f"@{self.variable()}" if at_rows else self.identifier("an alias")
            self.advance()
            self.advance()
            return Star(of, at=self.since(start))
        return self.item()

    def _extract(self) -> Extract:
        start = self.index
        self.expect_words("EXTRACT")
        columns = self.comma_list(self._extracted_column)
        self.expect_words("FROM")
        files = self.comma_list(self.expression)
        ordered = self.sorted_by()
        required = self.columns_or_star() if self.take_words("REQUIRED") else None
        self.expect_words("USING", hint="EXTRACT … FROM path USING Extractors.Csv().")
        return Extract(columns, files, self.expression(), ordered, required, at=self.since(start))

    def _extracted_column(self) -> Column:
        if self.peek().text != "=":
            return self.column()
        start = self.index
        name = self.identifier("a column")
        self.advance()
        return Column(name, None, self.expression(), at=self.since(start))

    def _process(self) -> Process:
        start = self.index
        self.expect_words("PROCESS")
        source = self._aliased(self.rowset())
        self.expect_words("PRODUCE")
        columns = self.comma_list(self.loose_column)
        readonly, required = self.clauses_of_columns()
        self.expect_words("USING")
        return Process(source, columns, self.expression(), readonly, required, at=self.since(start))

    def _reduce(self) -> Reduce:
        start = self.index
        self.expect_words("REDUCE")
        source = self._aliased(self.rowset())
        presort = self.comma_list(self.ordering) if self.take_words("PRESORT") else ()
        on: tuple[str, ...] = ()
        if not self.take_words("ALL"):
            self.expect_words("ON", hint="REDUCE @rows ON column PRODUCE …, or REDUCE @rows ALL PRODUCE ….")
            on = self.comma_list(self.column_name)
        if not presort and self.take_words("PRESORT"):
            presort = self.comma_list(self.ordering)
        self.expect_words("PRODUCE")
        columns = self.comma_list(self.loose_column)
        ordered = self.sorted_by()
        readonly, required = self.clauses_of_columns()
        self.expect_words("USING")
        made = self.expression()
        return Reduce(source, on, columns, made, presort, readonly, required, ordered, at=self.since(start))

    def _combine(self) -> Combine:
        start = self.index
        self.expect_words("COMBINE")
        left = self._aliased(self.rowset())
        self.expect_words("WITH")
        right = self._aliased(self.rowset())
        test = self.expression() if self.take_words("ON") else None
        self.expect_words("PRODUCE")
        columns = self.comma_list(self.loose_column)
        ordered = self.sorted_by()
        readonly, required = self.clauses_of_columns()
        self.expect_words("USING")
        made = self.expression()
        return Combine(left, right, test, columns, made, readonly, required, ordered, at=self.since(start))
