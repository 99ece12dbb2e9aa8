"""Statements that define, change and drop objects of the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lazulite.usql.tree.base import Expression, Node, Query, Statement
from lazulite.usql.tree.calls import Ordering
from lazulite.usql.tree.statements import PartitionLabel
from lazulite.usql.tree.types import Column, ObjectName, Parameter, RowType, Type


@dataclass(frozen=True, slots=True)
class CreateDatabase(Statement):
    """`CREATE DATABASE [IF NOT EXISTS] name`."""

    name: ObjectName
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateSchema(Statement):
    """`CREATE SCHEMA [IF NOT EXISTS] name`."""

    name: ObjectName
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class Distribution(Node):
    """`DISTRIBUTED BY kind (columns) [INTO buckets]`; `PARTITIONED BY HASH (…)` of early scripts is one too."""

    kind: OneOf["HASH", "DIRECT HASH", "RANGE", "ROUND ROBIN"]
    columns: tuple[Ordering, ...] = ()
    buckets: Expression | None = None


@dataclass(frozen=True, slots=True)
class Placement(Node):
    """How a table lies on disk: index, partitions, distribution. No effect here, but PARTITIONED BY names columns
    that INSERT … PARTITION and ALTER TABLE … PARTITION speak of.

    Args:
        index: the clustered index's name, None without one.
        order_by: the index's columns.
        partitioned_by: the columns of PARTITIONED BY.
    """

    index: str | None = None
    order_by: tuple[Ordering, ...] = ()
    partitioned_by: tuple[str, ...] = ()
    distribution: Distribution | None = None


@dataclass(frozen=True, slots=True)
class CreateTable(Statement):
    """`CREATE TABLE name (columns, INDEX …)`, or with `query` `CREATE TABLE name (INDEX …) AS query`."""

    name: ObjectName
    columns: tuple[Column, ...]
    placement: Placement
    query: Query | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateExternalTable(Statement):
    """`CREATE EXTERNAL TABLE name (columns) FROM source LOCATION "remote"`."""

    name: ObjectName
    columns: tuple[Column, ...]
    source: ObjectName
    location: Expression
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AddColumns(Statement):
    """`ALTER TABLE table ADD COLUMN a int, b string`."""

    table: ObjectName
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class DropColumns(Statement):
    """`ALTER TABLE table DROP COLUMN a, b`."""

    table: ObjectName
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddPartitions(Statement):
    """`ALTER TABLE table ADD [IF NOT EXISTS] PARTITION (…), …`."""

    table: ObjectName
    partitions: tuple[PartitionLabel, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropPartitions(Statement):
    """`ALTER TABLE table DROP [IF EXISTS] PARTITION (…), …`."""

    table: ObjectName
    partitions: tuple[PartitionLabel, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Rebuild(Statement):
    """`ALTER TABLE table [PARTIAL] REBUILD [PARTITION (…), …]`. No effect here."""

    table: ObjectName
    partitions: tuple[PartitionLabel, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class CreateIndex(Statement):
    """`CREATE CLUSTERED INDEX name ON table (columns) [PARTITIONED BY …] [DISTRIBUTED BY …]`."""

    table: ObjectName
    placement: Placement


@dataclass(frozen=True, slots=True)
class CreateStatistics(Statement):
    """`CREATE STATISTICS name ON table (columns) WITH FULLSCAN`. No effect here."""

    name: str
    table: ObjectName
    columns: tuple[str, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class UpdateStatistics(Statement):
    """`UPDATE STATISTICS [IF EXISTS] name ON table WITH INCREMENTAL = ON`. No effect here."""

    name: str
    table: ObjectName
    incremental: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateView(Statement):
    """`CREATE VIEW name [(columns)] AS query`; ALTER VIEW with `alter`."""

    name: ObjectName
    query: Query
    columns: tuple[str, ...] = ()
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True, slots=True)
class CreateFunction(Statement):
    """`CREATE FUNCTION name (parameters) RETURNS results AS BEGIN body END`; ALTER FUNCTION with `alter`.

    Args:
        results: the rowsets returned; the type is a RowType, a Type that names a table type, or None where
            only the name is given (`RETURNS @r`).
    """

    name: ObjectName
    parameters: tuple[Parameter, ...]
    results: tuple[Result, ...]
    body: tuple[Statement, ...]
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True, slots=True)
class Result(Node):
    """`@r TABLE(a int)` after RETURNS."""

    name: str
    type: RowType | Type | None = None


@dataclass(frozen=True, slots=True)
class CreateProcedure(Statement):
    """`CREATE PROCEDURE name (parameters) AS BEGIN body END`; ALTER PROCEDURE with `alter`."""

    name: ObjectName
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True, slots=True)
class CreateType(Statement):
    """`CREATE TYPE name AS TABLE (columns)`."""

    name: ObjectName
    row: RowType
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreatePackage(Statement):
    """`CREATE PACKAGE name (parameters) AS BEGIN body END`."""

    name: ObjectName
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class RenamedFile(Expression):
    """`"path" AS "name"` among the ADDITIONAL_FILES of an assembly."""

    path: Expression
    name: Expression


@dataclass(frozen=True, slots=True)
class Option(Node):
    """`NAME = value` or `NAME = (values)` in WITH."""

    name: str
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class CreateAssembly(Statement):
    """`CREATE ASSEMBLY name FROM content [WITH ADDITIONAL_FILES = (…)]`; ALTER ASSEMBLY with `alter`.

    `content` is a path or a Literal(BYTES)."""

    name: ObjectName
    content: Expression
    options: tuple[Option, ...] = ()
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True, slots=True)
class CreateCredential(Statement):
    """`CREATE CREDENTIAL name WITH USER_NAME = "…", IDENTITY = "…"`; ALTER CREDENTIAL with `alter`."""

    name: ObjectName
    options: tuple[Option, ...]
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True, slots=True)
class CreateDataSource(Statement):
    """`CREATE DATA SOURCE name FROM kind WITH (…)`; ALTER DATA SOURCE with `alter`; `kind` is AZURESQLDB, SQLSERVER …"""

    name: ObjectName
    kind: str
    options: tuple[Option, ...]
    if_not_exists: bool = False
    alter: bool = False


ObjectKind = OneOf["ASSEMBLY", "CREDENTIAL", "DATA SOURCE", "DATABASE", "FUNCTION", "INDEX", "PACKAGE", "PROCEDURE", "SCHEMA", "STATISTICS", "TABLE", "TYPE", "VIEW"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drop(Statement):
    """`DROP kind [IF EXISTS] name`; `on` is the table of DROP STATISTICS and DROP INDEX."""

    kind: ObjectKind
    name: ObjectName
    if_exists: bool = False
    on: ObjectName | None = None
