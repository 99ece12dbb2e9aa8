"""Statements of a script, those that define objects of the catalog set apart (see definitions)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lazulite.usql.tree.base import Expression, Node, Query, Statement
from lazulite.usql.tree.calls import Ordering
from lazulite.usql.tree.queries import Fetch
from lazulite.usql.tree.types import ObjectName, Type


@dataclass(frozen=True, slots=True)
class Script(Node):
    """A whole script."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Use(Statement):
    """`USE db`, `USE DATABASE db`, `USE SCHEMA s`, `USE db.s` (kind DATABASE, two parts)."""

    name: ObjectName
    kind: OneOf["DATABASE", "SCHEMA"] = "DATABASE"


@dataclass(frozen=True, slots=True)
class Declare(Statement):
    """`DECLARE [EXTERNAL | CONST] @name [type] = value`; a rowset parameter's TABLE type never stands here.

    `type` is None where it is left to the value (`DECLARE CONST @x = 5`).
    """

    name: str
    type: Type | None
    value: Expression
    external: bool = False
    const: bool = False


@dataclass(frozen=True, slots=True)
class SetOption(Statement):
    """`SET @@Name = value`."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """`@x = query`; several targets for a table-valued function that returns several rowsets (`@a, @b = f()`)."""

    targets: tuple[str, ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Output(Statement):
    """`OUTPUT rows TO path [ORDER BY …] [CLUSTERED BY …] [EXPIRATION …] USING outputter`.

    Args:
        clustered_by: the columns of CLUSTERED BY, which ADLA had for structured streams; no effect.
        expiration: after what time ADLA deletes the file; no effect.
    """

    rows: Query
    path: Expression
    outputter: Expression
    order_by: tuple[Ordering, ...] = ()
    fetch: Fetch | None = None
    clustered_by: tuple[str, ...] = ()
    expiration: Expression | None = None


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """`IF test THEN body`, `ELSEIF test THEN body`."""

    test: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If(Statement):
    """`IF … THEN … ELSEIF … THEN … ELSE … END`."""

    branches: tuple[Branch, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class PartitionLabel(Node):
    """`PARTITION (value, …)`."""

    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Insert(Statement):
    """`INSERT [INTO] table [(columns)] [PARTITION (…)] [ON INTEGRITY VIOLATION …] query`.

    `violation` is None, "IGNORE", or the partition of MOVE TO.
    """

    table: ObjectName
    query: Query
    columns: tuple[str, ...] = ()
    partition: PartitionLabel | None = None
    violation: OneOf["IGNORE"] | PartitionLabel | None = None


@dataclass(frozen=True, slots=True)
class Truncate(Statement):
    """`TRUNCATE TABLE table [PARTITION (…), …]`."""

    table: ObjectName
    partitions: tuple[PartitionLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureCall(Statement):
    """`dbo.P(1, DEFAULT)`: the call of a procedure."""

    name: ObjectName
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceAssembly(Statement):
    """`REFERENCE [SYSTEM] ASSEMBLY name`."""

    name: ObjectName
    system: bool = False


@dataclass(frozen=True, slots=True)
class DeployResource(Statement):
    """`DEPLOY RESOURCE "path", …`."""

    paths: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Using(Statement):
    """`USING Name.Space`, `USING Alias = Name.Space.Class<T>`."""

    target: Type
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPackage(Statement):
    """`IMPORT PACKAGE db.dbo.P(arguments) [AS alias]`."""

    name: ObjectName
    arguments: tuple[Expression, ...] = ()
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class ExportAssembly(Statement):
    """`EXPORT [SYSTEM] ASSEMBLY name` in a package."""

    name: ObjectName
    system: bool = False


@dataclass(frozen=True, slots=True)
class ExportVariable(Statement):
    """`EXPORT @x [type] = value` in a package; `EXPORT @x` alone gives one that is declared (value None)."""

    name: str
    type: Type | None = None
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Return(Statement):
    """`RETURN [query]` in a function or procedure."""

    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Raise(Statement):
    """`RAISE ERROR "message"`, `RAISE WARNING "message"` or `RAISE "message"`."""

    message: Expression | None = None
    warning: bool = False


@dataclass(frozen=True, slots=True)
class InlineCode(Statement):
    """`#CS … #ENDCS`: C# in the script itself. Lazulite runs no C#; the text is kept for the message."""

    text: str
