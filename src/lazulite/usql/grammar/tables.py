"""Tables: how they are made and changed, and how they lie on disk."""

from __future__ import annotations

from lazulite.usql.grammar.queries import QueryParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import (
    AddColumns,
    AddPartitions,
    Column,
    CreateExternalTable,
    CreateIndex,
    CreateTable,
    Distribution,
    DropColumns,
    DropPartitions,
    Expression,
    Ordering,
    PartitionLabel,
    Placement,
    Rebuild,
    Statement,
)

_DISTRIBUTIONS = ("DIRECT HASH", "HASH", "RANGE", "ROUND ROBIN")


class TableParser(QueryParser):
    """Reads what is said of tables."""

    def if_not_exists(self) -> bool:
        raise NotImplementedError

    def if_exists(self) -> bool:
        raise NotImplementedError

    def create_table(self, start: int) -> CreateTable:
        """Read what follows CREATE TABLE."""
        known = self.if_not_exists()
        name = self.object_name("a table")
        columns: list[Column] = []
        placement = Placement()
        if self.at_mark("(") and self.peek().text != ")":
            self.advance()
            while True:
                if self.at_word("INDEX"):
                    placement = self._placement(placement)
                elif self.at_word("PARTITIONED", "DISTRIBUTED"):
                    placement = self._layout(placement)
                else:
                    columns.append(self._table_column())
                if not self.take_mark(","):
                    if self.at_word("PARTITIONED", "DISTRIBUTED", "INDEX"):
                        continue
                    break
            self.expect_mark(")")
        placement = self._layout(placement)
        query = self.query() if self.take_words("AS") else None
        if not columns and query is None:
            self.expected(
                "'('", "AS", hint="CREATE TABLE t (a int, INDEX i CLUSTERED (a) DISTRIBUTED BY HASH (a))."
            )
        return CreateTable(name, tuple(columns), placement, query, known, at=self.since(start))

    def _table_column(self) -> Column:
        start = self.index
        column = self.column()
        if self.take_words("NOT"):
            self.expect_words("NULL")
        else:
            self.take_words("NULL")
        default: Expression | None = self.expression() if self.take_words("DEFAULT") else None
        return Column(column.name, column.type, default, at=self.since(start))

    def _placement(self, before: Placement) -> Placement:
        """Read `INDEX name CLUSTERED (columns)` and the layout behind it."""
        start = self.index
        self.expect_words("INDEX")
        index = self.identifier("an index")
        self.expect_words("CLUSTERED")
        self.take_words("COLUMNSTORE")
        order = self._sorted_columns() if self.at_mark("(") else ()
        made = Placement(index, order, before.partitioned_by, before.distribution, at=self.since(start))
        return self._layout(made)

    def _layout(self, before: Placement) -> Placement:
        """Read PARTITIONED BY and DISTRIBUTED BY in any order."""
        found = before
        while self.at_word("PARTITIONED", "DISTRIBUTED"):
            start = self.index
            word = self.advance().text
            self.expect_words("BY")
            partitions, distribution = found.partitioned_by, found.distribution
            if word == "PARTITIONED" and (self.at_mark("(") or self.at_word("BUCKET", "BUCKETS")):
                if not self.at_mark("("):
                    self.advance()
                partitions = self.in_brackets(self.column_name)
                if self.at_word("HASH", "DIRECT", "RANGE", "ROUND"):  # `PARTITIONED BY BUCKET (a) HASH (b)`
                    distribution = self._distribution()
            else:
                distribution = self._distribution()
            at = found.at if found.at.line else self.since(start)
            found = Placement(found.index, found.order_by, partitions, distribution, at=at)
        return found

    def _distribution(self) -> Distribution:
        start = self.index
        for kind in _DISTRIBUTIONS:
            if self.take_words(*kind.split()):
                columns = self._sorted_columns() if self.at_mark("(") else ()
                buckets = self.operand() if self.take_words("INTO") else None
                return Distribution(kind, columns, buckets, at=self.since(start))  # type: ignore[arg-type]
        self.expected(*_DISTRIBUTIONS)

    def _sorted_columns(self) -> tuple[Ordering, ...]:
        return self.in_brackets(self.ordering)

    def create_external_table(self, start: int) -> CreateExternalTable:
        known = self.if_not_exists()
        name = self.object_name("a table")
        columns = self.in_brackets(self._table_column)
        self.expect_words("FROM")
        source = self.object_name("a data source")
        self.expect_words("LOCATION")
        return CreateExternalTable(name, columns, source, self.expression(), known, at=self.since(start))

    def create_index(self, start: int) -> CreateIndex:
        begin = self.index
        index = self.identifier("an index")
        self.expect_words("ON")
        table = self.object_name("a table")
        order = self._sorted_columns()
        placement = self._layout(Placement(index, order, at=self.since(begin)))
        return CreateIndex(table, placement, at=self.since(start))

    def partition_label(self) -> PartitionLabel:
        start = self.index
        self.expect_words("PARTITION")
        return PartitionLabel(self.in_brackets(self.expression), at=self.since(start))

    def partition_labels(self) -> tuple[PartitionLabel, ...]:
        return self.comma_list(self.partition_label)

    def alter_table(self, start: int) -> Statement:
        """Read what follows ALTER TABLE."""
        table = self.object_name("a table")
        if self.at_word("REBUILD", "PARTIAL"):
            partial = self.take_words("PARTIAL")
            self.expect_words("REBUILD")
            labels = self.partition_labels() if self.at_word("PARTITION") else ()
            return Rebuild(table, labels, partial, at=self.since(start))
        if self.take_words("ADD"):
            if self.at_word("IF", "PARTITION"):
                known = self.if_not_exists()
                return AddPartitions(table, self.partition_labels(), known, at=self.since(start))
            self._column_word()
            return AddColumns(table, self.comma_list(self._table_column), at=self.since(start))
        if self.take_words("DROP"):
            if self.at_word("IF", "PARTITION"):
                known = self.if_exists()
                return DropPartitions(table, self.partition_labels(), known, at=self.since(start))
            self._column_word()
            return DropColumns(table, self.comma_list(self.column_name), at=self.since(start))
        self.expected("ADD", "DROP", "REBUILD")

    def _column_word(self) -> None:
        if self.token.kind is Kind.NAME and self.token.text in {"COLUMN", "COLUMNS"}:
            self.advance()
        else:
            self.expected("COLUMN", "PARTITION")
