"""Scalar expressions: those of C#, with what U-SQL adds in capitals.

Parentheses leave no node: the tree's shape says the same. Operators stand as they are written; `&&` and `AND`
are two operators, because AND may be evaluated in any order. A chain `a + b + c` leans to the left and may be
thousands of operators long, so go down `Binary.left` with a loop (see `left_spine`), as with `Member.target` and
`Call.target`; `Conditional.otherwise` and the right side of `??` likewise. All else is at most a hundred deep.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from lazulite.usql.tree.base import Expression, Node
from lazulite.usql.tree.types import Type

if TYPE_CHECKING:
    from lazulite.usql.tree.code import Block


class LiteralKind(Enum):
    """The C# type that a literal has by its form and suffix."""

    NULL = "null"
    BOOL = "bool"
    INT = "int"
    UINT = "uint"
    LONG = "long"
    ULONG = "ulong"
    FLOAT = "float"
    DOUBLE = "double"
    DECIMAL = "decimal"
    CHAR = "char"
    STRING = "string"
    BYTES = "byte[]"  # `0x4D5A…`, only as the content of CREATE ASSEMBLY
    DEFAULT = "DEFAULT"  # the word DEFAULT as an argument of a function or procedure


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A constant. `value` is decoded: escapes and quotes are gone; a CHAR is a str of length one (a lone surrogate, perhaps);
    FLOAT and DOUBLE are Python floats, DECIMAL is a Decimal with the digits written."""

    kind: LiteralKind
    value: bool | int | float | Decimal | str | bytes | None


@dataclass(frozen=True, slots=True)
class Hole(Node):
    """`{value,alignment:format}` of an interpolated string."""

    value: Expression
    alignment: Expression | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Interpolated(Expression):
    """`$"total: {x:N2}"`: texts (decoded) and holes in order."""

    parts: tuple[str | Hole, ...]


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A bare name: a column, a rowset's alias, a type, a namespace, a lambda's parameter; the binder finds out.

    C#'s own words for types (`int`, `string`) are names too: `int.Parse(x)` is a Call of a Member of a Name.
    `quoted` is true for `[x]`, which is never a word of the language. `arguments` are those of `List<int>`.
    """

    text: str
    quoted: bool = False
    arguments: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """`@x` (text "x"), or `@@x` with `system`, or `@package.@x` with `package`."""

    text: str
    system: bool = False
    package: str | None = None


@dataclass(frozen=True, slots=True)
class Member(Expression):
    """`target.name`, `target.name<T>`, and `target?.name` with `conditional`. `quoted` as in Name."""

    target: Expression
    name: str
    arguments: tuple[Type, ...] = ()
    conditional: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """An argument: `value`, `name: value`, `ref value`, `out value`."""

    value: Expression
    name: str | None = None
    direction: OneOf["", "ref", "out"] = ""


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """`target(arguments)`: a method, function or constructor-like name of C#."""

    target: Expression
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """`target[arguments]`, and `target?[arguments]` with `conditional`."""

    target: Expression
    arguments: tuple[Argument, ...]
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """`(type) value`."""

    type: Type
    value: Expression


@dataclass(frozen=True, slots=True)
class As(Expression):
    """`value as type`, the cast that gives null where it fails. AS in capitals is never this."""

    value: Expression
    type: Type


@dataclass(frozen=True, slots=True)
class Is(Expression):
    """`value is type`."""

    value: Expression
    type: Type


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`-x`, `+x`, `!x`, `~x`, `NOT x`, `++x`, `x++` (with `postfix`)."""

    operator: str
    operand: Expression
    postfix: bool = False


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """`left operator right`; the operator is one of
    `* / % + - << >> < > <= >= == != & ^ | && || ?? AND OR`, or `=` and `+= -= …` inside C# blocks."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """`test ? then : otherwise`."""

    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class In(Expression):
    """`value [NOT] IN (choices)`."""

    value: Expression
    choices: tuple[Expression, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Expression):
    """`value [NOT] BETWEEN low AND high`."""

    value: Expression
    low: Expression
    high: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like(Expression):
    """`value [NOT] LIKE pattern [ESCAPE escape]`."""

    value: Expression
    pattern: Expression
    escape: Expression | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    """`value IS [NOT] NULL`."""

    value: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class When(Node):
    """`WHEN test THEN then`."""

    test: Expression
    then: Expression


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """`CASE [operand] WHEN … THEN … [ELSE otherwise] END`."""

    operand: Expression | None
    whens: tuple[When, ...]
    otherwise: Expression | None = None


@dataclass(frozen=True, slots=True)
class LambdaParameter(Node):
    """`x`, `int x`, `out int x`."""

    name: str
    type: Type | None = None
    direction: OneOf["", "ref", "out"] = ""


@dataclass(frozen=True, slots=True)
class Lambda(Expression):
    """`x => …`, `(a, b) => …`; the body is an expression or a C# block."""

    parameters: tuple[LambdaParameter, ...]
    body: Expression | Block


@dataclass(frozen=True, slots=True)
class DefaultValue(Expression):
    """`default(type)`."""

    type: Type


@dataclass(frozen=True, slots=True)
class TypeOf(Expression):
    """`typeof(type)`; `sizeof(type)` with `size`."""

    type: Type
    size: bool = False


@dataclass(frozen=True, slots=True)
class Checked(Expression):
    """`checked(value)`, or `unchecked(value)` if not `on`."""

    value: Expression
    on: bool = True


def left_spine(chain: Binary) -> tuple[Expression, list[Binary]]:
    """Give the leftmost operand of a chain and its operators from the innermost to `chain` itself.

    `a + b - c` gives a, [a + b, a + b - c]: the way to treat a chain of any length without recursion.
    """
    links = [chain]
    while isinstance(links[-1].left, Binary):
        links.append(links[-1].left)
    links.reverse()
    return links[0].left, links
