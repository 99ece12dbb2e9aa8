"""A straightforward interpreter of C#'s expressions, for tests: one row at a time, on Python's values.

An `Expression` has its text and how to compute it; hypothesis puts them together at random. A value is an int, float,
str, bool or None; what C# does with it goes by the type that the expression carries.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import and_, or_, xor
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
COLUMNS = {"i": "int", "n": "int?", "l": "long", "b": "byte", "d": "double", "s": "string", "y": "bool"}
BITS = {"int": 32, "long": 64}


@dataclass(frozen=True)
class Expression:
    """C# text, its type, and its value for a row."""

    text: str
    type: str
    of: Callable[[Row], Any]


def wrapped(value: int, type_: str) -> int:
    """An integer cut to a type's bits."""
    if type_ == "byte":
        return value & 255
    bits = BITS[type_]
    return (value + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))


def _divided(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _nullable(function: Callable[..., Any], *arguments: Any) -> Any:
    return None if None in arguments else function(*arguments)


# --- how expressions are put together --------------------------------------------------------------------------------


def _column(name: str, type_: str) -> Expression:
    return Expression(name, type_, lambda row: row[name])


def leaf(type_: str) -> st.SearchStrategy[Expression]:
    """A column or a constant of the type."""
    # A constant that C# sees as one is computed, and refused if it overflows, before anything runs.
    columns = [_column(name, type_) for name, known in COLUMNS.items() if known == type_]
    constants = {
        "int": st.sampled_from([0, 1, -1, 7, 2_000_000_000, -2_147_483_647]).map(
            lambda v: Expression(f"(y == y ? {v} : {v})", "int", lambda row: v)
        ),
        "long": st.sampled_from([3, 9_000_000_000]).map(
            lambda v: Expression(f"(y == y ? {v}L : {v}L)", "long", lambda row: v)
        ),
        "double": st.sampled_from([0.5, -2.25, 1e10]).map(
            lambda v: Expression(f"({v!r})", "double", lambda row: v)
        ),
        "string": st.sampled_from(["", "a", "Ab", "é😀"]).map(
            lambda v: Expression(f'"{v}"', "string", lambda row: v)
        ),
        "bool": st.sampled_from(["true", "false"]).map(
            lambda v: Expression(v, "bool", lambda row: v == "true")
        ),
        "int?": st.just(Expression("((int?) null)", "int?", lambda row: None)),
    }
    return st.one_of(st.sampled_from(columns), constants[type_])


def arithmetic(left: Expression, right: Expression, sign: str) -> Expression:
    """`left sign right` of two integers or doubles; a divisor of zero is 1 instead."""
    types = {left.type, right.type}
    met = "double" if "double" in types else "long" if "long" in types else "int"
    type_ = "int?" if "int?" in types and met == "int" else met
    compute = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
    if sign in "/%":
        return Expression(
            f"({left.text} {sign} {right.text})",
            type_,
            lambda row: _quotient(left.of(row), right.of(row), sign, met),
        )
    return Expression(
        f"({left.text} {sign} {right.text})",
        type_,
        lambda row: _nullable(
            lambda a, b: _cut(compute[sign](_real(a, met), _real(b, met)), met), left.of(row), right.of(row)
        ),
    )


def _real(value: Any, met: str) -> Any:
    return float(value) if met == "double" else value


def _cut(value: Any, met: str) -> Any:
    return value if met == "double" else wrapped(value, met)


def _quotient(left: Any, right: Any, sign: str, met: str) -> Any:
    if left is None or right is None:
        return None
    if met == "double":
        return _ratio(float(left), float(right))
    whole = _divided(left, right)
    return whole if sign == "/" else left - whole * right


def _ratio(left: float, right: float) -> float:
    """IEEE's division, which Python does not do by zero."""
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def compared(left: Expression, right: Expression, sign: str) -> Expression:
    """`left sign right` in two-valued logic."""

    def of(row: Row) -> bool:
        one, other = left.of(row), right.of(row)
        if sign in {"==", "!="}:
            return bool((one == other) == (sign == "=="))
        if one is None or other is None:
            return False
        return bool({"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[sign])

    return Expression(f"({left.text} {sign} {right.text})", "bool", of)


def joined(left: Expression, right: Expression) -> Expression:
    """`left + right` where one is a string."""
    return Expression(
        f"({left.text} + {right.text})",
        "string",
        lambda row: written(left.of(row), left.type) + written(right.of(row), right.type),
    )


def written(value: Any, type_: str) -> str:
    """What .NET writes of a value."""
    if value is None:
        return ""
    if type_ == "bool":
        return str(value)
    if type_ == "double":
        if not math.isfinite(value):
            return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
        return "0" if value == 0 else f"{value:.15g}".upper()
    return str(value)


def chosen(test: Expression, then: Expression, otherwise: Expression) -> Expression:
    return Expression(
        f"({test.text} ? {then.text} : {otherwise.text})",
        then.type,
        lambda row: (then if test.of(row) else otherwise).of(row),
    )


def logical(left: Expression, right: Expression, word: str) -> Expression:
    def of(row: Row) -> bool:
        return (
            bool(left.of(row) and right.of(row))
            if word in {"&&", "AND"}
            else bool(left.of(row) or right.of(row))
        )

    return Expression(f"({left.text} {word} {right.text})", "bool", of)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


_PAIRS = [("int", "int?"), ("int?", "int?"), ("long", "int"), ("double", "int"), ("double", "double")]


def _two(part: Callable[[str], Expression], types: tuple[str, str]) -> tuple[Expression, Expression]:
    return part(types[0]), part(types[1])


@st.composite
def expressions(draw: st.DrawFn, type_: str, depth: int = 3) -> Expression:
    """A random expression of a type."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaf(type_))

    def part(wanted: str) -> Expression:
        return draw(expressions(wanted, depth - 1))

    ways: dict[str, list[Callable[[], Expression]]] = {
        "int": [
            lambda: arithmetic(part("int"), part("int"), draw(st.sampled_from("+-*"))),
            lambda: arithmetic(
                part("int"), Expression("7", "int", lambda row: 7), draw(st.sampled_from("/%"))
            ),
            lambda: _length(part("string")),
            lambda: _or_else(part("int?"), part("int")),
            lambda: _cast(part(draw(st.sampled_from(["long", "double"]))), "int"),
            lambda: _bits(part("int"), part("int"), draw(st.sampled_from("&|^"))),
        ],
        "int?": [lambda: arithmetic(part("int?"), part("int"), draw(st.sampled_from("+-*")))],
        "long": [
            lambda: arithmetic(
                part("long"), part(draw(st.sampled_from(["int", "long"]))), draw(st.sampled_from("+-*"))
            )
        ],
        "double": [
            lambda: arithmetic(
                part("double"),
                part(draw(st.sampled_from(["int", "double", "long"]))),
                draw(st.sampled_from("+-*/")),
            )
        ],
        "string": [
            lambda: joined(part("string"), part(draw(st.sampled_from(["string", "int", "int?", "bool"])))),
            lambda: _upper(part("string")),
        ],
        "bool": [
            lambda: compared(
                *_two(part, draw(st.sampled_from(_PAIRS))),
                draw(st.sampled_from(["==", "!=", "<", ">", "<=", ">="])),
            ),
            lambda: compared(part("string"), part("string"), draw(st.sampled_from(["==", "!="]))),
            lambda: logical(part("bool"), part("bool"), draw(st.sampled_from(["&&", "||", "AND", "OR"]))),
            lambda: _not(part("bool")),
        ],
    }
    if draw(st.integers(0, 4)) == 0:
        return chosen(part("bool"), part(type_), part(type_))
    return draw(st.sampled_from(ways[type_]))()


def _length(text: Expression) -> Expression:
    return Expression(f'({text.text} + "").Length', "int", lambda row: units(written(text.of(row), "string")))


def _upper(text: Expression) -> Expression:
    return Expression(
        f'({text.text} ?? "none").ToUpper()',
        "string",
        lambda row: "".join(
            c.upper() if len(c.upper()) == 1 else c
            for c in (text.of(row) if text.of(row) is not None else "none")
        ),
    )


def _or_else(value: Expression, other: Expression) -> Expression:
    return Expression(
        f"({value.text} ?? {other.text})",
        "int",
        lambda row: value.of(row) if value.of(row) is not None else other.of(row),
    )


def _not(test: Expression) -> Expression:
    return Expression(f"(!{test.text})", "bool", lambda row: not test.of(row))


def _bits(left: Expression, right: Expression, sign: str) -> Expression:
    compute: Callable[[int, int], int] = {"&": and_, "|": or_, "^": xor}[sign]
    return Expression(
        f"({left.text} {sign} {right.text})", "int", lambda row: compute(left.of(row), right.of(row))
    )


def _cast(value: Expression, type_: str) -> Expression:
    def of(row: Row) -> int:
        found = value.of(row)
        if value.type != "double":
            return wrapped(found, type_)
        fits = math.isfinite(found) and -(1 << 31) <= math.trunc(found) < 1 << 31
        return math.trunc(found) if fits else -(1 << 31)

    return Expression(f"(({type_}) {value.text})", type_, of)


rows = st.lists(
    st.fixed_dictionaries(
        {
            "i": st.sampled_from([0, 1, -5, 2_147_483_647, -2_147_483_648]),
            "n": st.sampled_from([None, 0, 3, -2_147_483_648]),
            "l": st.sampled_from([0, -1, 5_000_000_000, 9_223_372_036_854_775_807]),
            "b": st.integers(0, 255),
            "d": st.sampled_from([0.0, 1.5, -2.5, 1e300, -1e-7, math.nan, math.inf]),
            "s": st.sampled_from([None, "", "a", "Ab", "é😀", 'q"']),
            "y": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)
