"""Rowset expressions. Wherever U-SQL takes a rowset, the tree has a Query: in FROM, after `@x =`, in OUTPUT …

A chain of set operators, joins or applies leans to the left (`SetOperation.left`, `Join.left`, `Apply.source`) and may
be hundreds long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lazulite.usql.tree.base import Expression, Node, Query
from lazulite.usql.tree.calls import Ordering
from lazulite.usql.tree.types import Column, ObjectName


@dataclass(frozen=True, slots=True)
class RowsetVariable(Query):
    """`@rows`; the name without `@`."""

    name: str


@dataclass(frozen=True, slots=True)
class TableReference(Query):
    """A table or view (which of them, the catalog knows): `dbo.T`, `master.dbo.T`, `usql.objects`."""

    name: ObjectName


@dataclass(frozen=True, slots=True)
class FunctionCall(Query):
    """A call of a table-valued function. An argument is a scalar Expression, a RowsetVariable (which the parser
    writes as expressions.Variable) or Literal(DEFAULT)."""

    name: ObjectName
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Aliased(Query):
    """`source AS alias`, `source AS alias(a, b)`; columns without types rename."""

    source: Query
    alias: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Values(Query):
    """`VALUES (1, "a"), (2, "b")`."""

    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Extract(Query):
    """`EXTRACT columns FROM files [SORTED BY a, b] [REQUIRED …] USING extractor`.

    Args:
        columns: name and type each; virtual columns of file sets are among them.
        files: expressions that give paths: a literal, `@path`, `@folder + "/x.csv"`, `string.Format(…)`.
        extractor: the call after USING: `Extractors.Csv(skipFirstNRows: 1)`, `new My.Extractor()`.
    """

    columns: tuple[Column, ...]
    files: tuple[Expression, ...]
    extractor: Expression
    sorted_by: tuple[str, ...] = ()
    required: tuple[str, ...] | Star | None = None


@dataclass(frozen=True, slots=True)
class Star(Node):
    """`*`, or `alias.*` with `of`; that of `@rows.*` is "@rows"."""

    of: str | None = None


@dataclass(frozen=True, slots=True)
class Item(Node):
    """A column of SELECT: `value [AS name]`. Without a name that of the value's last member counts."""

    value: Expression
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Hint(Node):
    """A hint to ADLA's optimiser, as text: `OPTION(ROWCOUNT = 100)`, the words between INNER and JOIN. No effect here."""

    text: str


@dataclass(frozen=True, slots=True)
class Select(Query):
    """`SELECT [DISTINCT] … FROM … WHERE … GROUP BY … HAVING …`; ORDER BY and FETCH are an Ordered around it.

    `source` is None for a SELECT without FROM; of several rowsets it is a Join or Apply.
    """

    items: tuple[Item | Star, ...]
    source: Query | None
    distinct: bool = False
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    having: Expression | None = None


@dataclass(frozen=True, slots=True)
class Fetch(Node):
    """`OFFSET offset ROWS FETCH rows ROWS`; either may be missing."""

    offset: Expression | None = None
    rows: Expression | None = None


@dataclass(frozen=True, slots=True)
class Ordered(Query):
    """`query ORDER BY … [OFFSET … FETCH …]`. U-SQL demands the FETCH (trap 12): the binder says so."""

    query: Query
    order_by: tuple[Ordering, ...]
    fetch: Fetch | None = None


@dataclass(frozen=True, slots=True)
class Hinted(Query):
    """`query OPTION (…)`."""

    query: Query
    hints: tuple[Hint, ...]


JoinKind = OneOf["INNER", "LEFT", "RIGHT", "FULL", "CROSS", "SEMI", "LEFT SEMI", "RIGHT SEMI", "ANTI SEMI", "LEFT ANTI SEMI", "RIGHT ANTI SEMI"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Join(Query):
    """`left kind JOIN right ON on`; bare JOIN is INNER. `LEFT SEMIJOIN` is "LEFT SEMI" and means what "SEMI" does;
    `on` is None for CROSS only."""

    kind: JoinKind
    left: Query
    right: Query
    on: Expression | None = None
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Explode(Query):
    """`EXPLODE(value) AS alias(a, b)`; a column's type may be given or left out."""

    value: Expression
    alias: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Applier(Query):
    """`[USING] new My.Applier(…) AS alias(a int, …) [READONLY …] [REQUIRED …]`."""

    applier: Expression
    alias: str
    columns: tuple[Column, ...]
    readonly: tuple[str, ...] | Star | None = None
    required: tuple[str, ...] | Star | None = None


@dataclass(frozen=True, slots=True)
class Apply(Query):
    """`source CROSS APPLY applied`, `source OUTER APPLY applied`; `applied` is an Explode, an Applier, Aliased Values
    or an Aliased query."""

    source: Query
    applied: Query
    outer: bool = False


@dataclass(frozen=True, slots=True)
class PivotValue(Node):
    """`"Home" AS HomePhone` in the IN of PIVOT."""

    value: Expression
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Pivot(Query):
    """`source PIVOT (aggregate FOR column IN (values)) [AS alias]`."""

    source: Query
    aggregates: tuple[Item, ...]
    column: Expression
    values: tuple[PivotValue, ...]
    alias: str | None = None
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpivot(Query):
    """`source UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns)) [AS alias]`; nulls are left out by default.

    `columns` are Items: the column, and its label if `AS` gives one.
    """

    source: Query
    value: str
    name: str
    columns: tuple[Item, ...]
    include_nulls: bool = False
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class SetOperation(Query):
    """`left operator [ALL | DISTINCT] [BY NAME [ON (a, b, *)]] right`; DISTINCT where neither is said.

    Args:
        by_name: whether BY NAME is said; `on` are the names of ON, `on_rest` whether `*` stands in it.
    """

    operator: OneOf["UNION", "OUTER UNION", "EXCEPT", "INTERSECT"]
    left: Query
    right: Query
    every: bool = False
    by_name: bool = False
    on: tuple[str, ...] = ()
    on_rest: bool = False


@dataclass(frozen=True, slots=True)
class Sample(Query):
    """`query SAMPLE ANY (n)`, `query SAMPLE UNIFORM (p)`, `SAMPLE rows ON a, b UNIVERSE (p) WITH WEIGHT AS w`."""

    query: Query
    method: OneOf["ANY", "UNIFORM", "UNIVERSE", "DISTINCT"]
    arguments: tuple[Expression, ...]
    on: tuple[str, ...] = ()
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class Process(Query):
    """`PROCESS source PRODUCE columns [READONLY …] [REQUIRED …] USING processor`.

    `columns` are Columns with types; a Star in `readonly` and `required` stands for all.
    """

    source: Query
    columns: tuple[Column, ...]
    processor: Expression
    readonly: tuple[str, ...] | Star | None = None
    required: tuple[str, ...] | Star | None = None


@dataclass(frozen=True, slots=True)
class Reduce(Query):
    """`REDUCE source [PRESORT …] (ALL | ON a, b) PRODUCE columns [READONLY …] [REQUIRED …] USING reducer`.

    `on` is empty for ALL.
    """

    source: Query
    on: tuple[str, ...]
    columns: tuple[Column, ...]
    reducer: Expression
    presort: tuple[Ordering, ...] = ()
    readonly: tuple[str, ...] | Star | None = None
    required: tuple[str, ...] | Star | None = None
    sorted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Combine(Query):
    """`COMBINE left WITH right ON on PRODUCE columns [READONLY …] [REQUIRED …] USING combiner`."""

    left: Query
    right: Query
    on: Expression | None
    columns: tuple[Column, ...]
    combiner: Expression
    readonly: tuple[str, ...] | Star | None = None
    required: tuple[str, ...] | Star | None = None
    sorted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class External(Query):
    """A federated query: `EXTERNAL source EXECUTE @"SELECT …"` or `EXTERNAL source LOCATION "dbo.T"`."""

    source: ObjectName
    verb: OneOf["EXECUTE", "LOCATION"]
    text: Expression
