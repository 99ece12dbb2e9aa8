"""Types as they are written, and the columns and parameters that carry them."""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.usql.tree.base import Expression, Node


@dataclass(frozen=True, slots=True)
class Type(Node):
    """A type: `int`, `int?`, `byte[]`, `SQL.MAP<string, int?>`, `System.DateTime`, `My.Own<T>`.

    Args:
        name: as written, its parts joined by dots: "string", "SQL.ARRAY", "Func".
        arguments: what stands in `<…>`.
        nullable: whether `?` follows (before any `[]`).
        ranks: the number of dimensions of each `[]` that follows: `byte[]` is (1,), `int[,][]` is (2, 1).
    """

    name: str
    arguments: tuple[Type, ...] = ()
    nullable: bool = False
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column's name and type, as in EXTRACT, PRODUCE, CREATE TABLE and `AS t(a int)`; the type may be left out
    where an alias only renames (`AS t(a, b)`, EXPLODE). `default` is that of a table's column, or in EXTRACT, where the type
    is None, what a column is computed from: `uri = FILE.URI()`."""

    name: str
    type: Type | None = None
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class RowType(Node):
    """`TABLE(a int, b string)` of a parameter, a result or CREATE TYPE."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a function, procedure or package: `@n int = 5`, `@rows TABLE(a int)`, `@rows dbo.MyRows`.

    `default` is None where none is given; `is_default` is true for `= DEFAULT` of a rowset parameter.
    """

    name: str
    type: Type | RowType
    default: Expression | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ObjectName(Node):
    """The name of a table, view, function, assembly …: one to four parts, quotes taken away.

    `master.dbo.[my table]` is ("master", "dbo", "my table").
    """

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)
