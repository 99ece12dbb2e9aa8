"""`new`: objects, arrays, anonymous objects, and what stands in the braces after them."""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.usql.tree.base import Expression, Node
from lazulite.usql.tree.expressions import Argument
from lazulite.usql.tree.types import Type


@dataclass(frozen=True, slots=True)
class Assigned(Node):
    """`name = value` or, with `index`, `[index] = value` in an initialiser."""

    value: Expression | Initialiser
    name: str | None = None
    index: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Element(Node):
    """An item of a collection's initialiser: `value` (one value) or `{key, value}` (several)."""

    values: tuple[Expression | Initialiser, ...]


@dataclass(frozen=True, slots=True)
class Initialiser(Node):
    """`{ … }` after `new`: all members are Assigned, or all are Elements."""

    members: tuple[Assigned | Element, ...] = ()


@dataclass(frozen=True, slots=True)
class NewObject(Expression):
    """`new T(arguments) { … }`: `new SQL.ARRAY<string>(x)`, `new SQL.MAP<string, int>{{"a", 1}}`."""

    type: Type
    arguments: tuple[Argument, ...] = ()
    initialiser: Initialiser | None = None


@dataclass(frozen=True, slots=True)
class NewArray(Expression):
    """`new int[3]`, `new[] {1, 2}` (type None), `new string[,] {{…}}`.

    `type` is that of the elements; `sizes` are the lengths given, `rank` the number of dimensions.
    """

    type: Type | None
    sizes: tuple[Expression, ...] = ()
    rank: int = 1
    initialiser: Initialiser | None = None


@dataclass(frozen=True, slots=True)
class AnonymousMember(Node):
    """`name = value`, or `value` alone, which names itself by its last member."""

    value: Expression
    name: str | None = None


@dataclass(frozen=True, slots=True)
class NewAnonymous(Expression):
    """`new { a, b = c + 1 }`."""

    members: tuple[AnonymousMember, ...]
