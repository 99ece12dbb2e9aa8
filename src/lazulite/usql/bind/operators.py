"""C#'s operators in SQL.

Integers are computed in a wider type and cut to their bits, because C# wraps silently. Comparisons know only true and
false: null equals null and nothing else, and every order with null is false.
"""

from __future__ import annotations

from collections.abc import Callable

from lazulite.usql.bind.casts import concatenated, implicit, wrapped
from lazulite.usql.bind.value import Value, key_of, wrong_type
from lazulite.usql.tree import Span
from lazulite.usql.types import BOOL, INT, INTEGERS, STRING, TIMESPAN, Type, common, promoted

_ARITHMETIC = ("+", "-", "*", "/", "%")
_ORDERED = ("<", ">", "<=", ">=")
_WORDS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder"}


def binary(operator: str, left: Value, right: Value, at: Span) -> Value:
    """`left operator right`; an error with its place where C# has no such operator for these types."""
    handler = _OPERATORS.get(operator)
    if handler is None:
        raise wrong_type(f"the operator {operator} cannot stand here", at)
    found = handler(operator, left, right, at)
    return Value(found.sql, found.type, found.number, left.constant and right.constant)


def _refused(operator: str, left: Value, right: Value, at: Span, hint: str = "") -> Exception:
    return wrong_type(f"the operator {operator} does not go with {left.type} and {right.type}", at, hint)


def _meeting(left: Value, right: Value) -> Type | None:
    """The type in which two numbers meet; a constant takes the other's type where it fits, as in C#."""
    for one, other in ((left, right), (right, left)):
        if one.number is not None and one.number >= 0 and other.type.name in {"uint", "ulong"}:
            return Type(other.type.name, nullable=other.type.nullable)
    return promoted(left.type, right.type)


# --- arithmetic ------------------------------------------------------------------------------------------------------


def _arithmetic(operator: str, left: Value, right: Value, at: Span) -> Value:
    if operator == "+" and "string" in {left.type.name, right.type.name}:
        return Value(f"({concatenated(left, at)} || {concatenated(right, at)})", STRING)
    if left.type.name in {"DateTime", "TimeSpan"}:
        return _times(operator, left, right, at)
    met = _meeting(_number(left, right), _number(right, left))
    if met is None:
        raise _refused(operator, left, right, at)
    if met.name == "decimal":
        one, other = (f"CAST({each.sql} AS VARCHAR)" for each in (left, right))
        return Value(f"usql_decimal_{_WORDS[operator]}({one}, {other})", met)
    if met.name in INTEGERS:
        return _integers(operator, left, right, met, at)
    one, other = (f"CAST({each.sql} AS {met.duckdb})" for each in (left, right))
    return Value(f"({one} {operator} {other})", met)


def _number(value: Value, other: Value) -> Value:
    # `null + 1` is a null of the other's type.
    return Value(value.sql, other.type.or_null) if value.type.name == "null" else value


def _integers(operator: str, left: Value, right: Value, met: Type, at: Span) -> Value:
    number = _folded(operator, left.number, right.number)
    if number is not None:
        bits, signed, _ = INTEGERS[met.name]
        if not (-(1 << (bits - 1)) if signed else 0) <= number < (1 << (bits - 1 if signed else bits)):
            raise wrong_type(
                f"the constant {left.number} {operator} {right.number} overflows {met.name} (CS0220)", at
            )
    if operator in "/%":
        one, other = (f"CAST({each.sql} AS {met.duckdb})" for each in (left, right))
        return Value(f"({one} {'//' if operator == '/' else '%'} {other})", met, number)
    wide = (
        "BIGINT" if met.name == "int" else "UHUGEINT" if (met.name, operator) == ("ulong", "*") else "HUGEINT"
    )
    exact = f"(CAST({left.sql} AS {wide}) {operator} CAST({right.sql} AS {wide}))"
    if wide == "UHUGEINT":
        return Value(f"CAST(({exact} & 18446744073709551615::UHUGEINT) AS UBIGINT)", met, number)
    return Value(wrapped(exact, met.name), met, number)


def _folded(operator: str, left: int | None, right: int | None) -> int | None:
    if left is None or right is None or operator not in "+-*":
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def _times(operator: str, left: Value, right: Value, at: Span) -> Value:
    kinds = (left.type.name, operator, right.type.name)
    nullable = left.type.nullable or right.type.nullable
    if kinds in {("DateTime", "-", "DateTime"), ("TimeSpan", "-", "TimeSpan"), ("TimeSpan", "+", "TimeSpan")}:
        return Value(f"({left.sql} {operator} {right.sql})", Type("TimeSpan", nullable))
    if kinds in {("DateTime", "-", "TimeSpan"), ("DateTime", "+", "TimeSpan")}:
        return Value(f"usql_datetime_in_range({left.sql} {operator} {right.sql})", Type("DateTime", nullable))
    raise _refused(operator, left, right, at)


# --- comparison ------------------------------------------------------------------------------------------------------


def equal(left: Value, right: Value, at: Span) -> Value:
    """`left == right` in two-valued logic."""
    return _equality("==", left, right, at)


def _equality(operator: str, left: Value, right: Value, at: Span) -> Value:
    negated = operator == "!="
    for side, other in ((left, right), (right, left)):
        if side.type.name == "null":
            if not other.type.nullable:
                # Of a value that cannot be null C# only warns.
                return Value("true" if negated else "false", BOOL)
            return Value(f"({other.sql} IS {'NOT ' if negated else ''}NULL)", BOOL)
    one, two, type_ = comparable(operator, left, right, at)
    sql = f"{one} = {two}" if not type_.nullable else f"{one} IS NOT DISTINCT FROM {two}"
    if type_.name in {"float", "double"}:
        sql = f"{sql} AND NOT coalesce(isnan({one}), false)"
    return Value(f"(NOT ({sql}))" if negated else f"({sql})", BOOL)


def joined(left: Value, right: Value, at: Span) -> Value:
    """`left == right` as a join's condition: there null is equal to nothing."""
    one, other, _ = comparable("==", left, right, at)
    return Value(f"({one} = {other})", BOOL)


def comparable(operator: str, left: Value, right: Value, at: Span) -> tuple[str, str, Type]:
    """SQL of both sides so that SQL compares them as C# does, and the type in which they are compared."""
    met = _meeting(left, right) or common(left.type, right.type)
    if met is None:
        hint = (
            "Write .ToString() or Parse, or cast one of them."
            if "string" in {left.type.name, right.type.name}
            else ""
        )
        raise _refused(operator, left, right, at, hint)
    if met.name == "decimal":
        keys = [key_of(f"CAST({each.sql} AS VARCHAR)", met) for each in (left, right)]
        return keys[0], keys[1], met
    one, other = (
        each.sql if each.type.duckdb == met.duckdb else f"CAST({each.sql} AS {met.duckdb})"
        for each in (left, right)
    )
    return one, other, met


def _order(operator: str, left: Value, right: Value, at: Span) -> Value:
    if "null" in {left.type.name, right.type.name}:
        return Value("false", BOOL)
    if {left.type.name, right.type.name} & {"string", "bool", "Guid", "byte[]"}:
        hint = "Write string.Compare(a, b) < 0." if "string" in {left.type.name, right.type.name} else ""
        raise _refused(operator, left, right, at, hint)
    one, other, met = comparable(operator, left, right, at)
    sql = f"({one} {operator} {other})"
    if met.name in {"float", "double"}:  # DuckDB has NaN above all others; to C# no order with it is true
        sql = f"({sql} AND NOT isnan({one}) AND NOT isnan({other}))"
    return Value(f"coalesce({sql}, false)" if met.nullable else sql, BOOL)


# --- logic and bits --------------------------------------------------------------------------------------------------


def _logic(operator: str, left: Value, right: Value, at: Span) -> Value:
    for side in (left, right):
        if side.type != BOOL:
            raise _refused(operator, left, right, at, "Both sides have to be bool." + _nullable_hint(side))
    sql = {
        "AND": f"({left.sql} AND {right.sql})",
        "OR": f"({left.sql} OR {right.sql})",
        "&&": f"CASE WHEN {left.sql} THEN {right.sql} ELSE false END",
        "||": f"CASE WHEN {left.sql} THEN true ELSE {right.sql} END",
    }[operator]
    return Value(sql, BOOL)


def _nullable_hint(value: Value) -> str:
    return " Write x == true for a bool? x." if value.type.name == "bool" else ""


def _bits(operator: str, left: Value, right: Value, at: Span) -> Value:
    if left.type.name == right.type.name == "bool":
        words = {"&": "AND", "|": "OR", "^": "<>"}
        return Value(
            f"({left.sql} {words[operator]} {right.sql})",
            Type("bool", left.type.nullable or right.type.nullable),
        )
    met = _meeting(left, right)
    if met is None or met.name not in INTEGERS:
        raise _refused(operator, left, right, at)
    one, other = (f"CAST({each.sql} AS {met.duckdb})" for each in (left, right))
    return Value(f"xor({one}, {other})" if operator == "^" else f"({one} {operator} {other})", met)


def _shift(operator: str, left: Value, right: Value, at: Span) -> Value:
    met = promoted(left.type, INT) if left.type.name not in {"uint", "long", "ulong"} else left.type
    if (
        met is None
        or met.name not in INTEGERS
        or right.type.name not in {"int", "short", "byte", "sbyte", "ushort"}
    ):
        raise _refused(operator, left, right, at)
    met = Type(met.name, left.type.nullable or right.type.nullable)
    count = f"(CAST({right.sql} AS INTEGER) & {INTEGERS[met.name][0] - 1})"
    if operator == "<<":
        return Value(wrapped(f"(CAST({left.sql} AS HUGEINT) * (1::HUGEINT << {count}))", met.name), met)
    return Value(f"CAST(usql_shift_right(CAST({left.sql} AS {met.duckdb}), {count}) AS {met.duckdb})", met)


def _coalesced(operator: str, left: Value, right: Value, at: Span) -> Value:
    if left.type.name == "null":
        return right
    if not left.type.nullable:
        raise _refused(operator, left, right, at, "The left side cannot be null.")
    for target in (left.type.not_null, left.type):
        try:
            other = implicit(right, target, at)
        except Exception:  # noqa: BLE001, S112 - the next type is tried
            continue
        return Value(f"coalesce({left.sql}, {other.sql})", target)
    met = common(left.type.not_null, right.type)
    if met is None:
        raise _refused(operator, left, right, at)
    return Value(f"coalesce({implicit(left, met.or_null, at).sql}, {implicit(right, met, at).sql})", met)


_OPERATORS: dict[str, Callable[[str, Value, Value, Span], Value]] = {
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    **dict.fromkeys(_ORDERED, _order),
    **dict.fromkeys(("==", "!="), _equality),
    **dict.fromkeys(("AND", "OR", "&&", "||"), _logic),
    **dict.fromkeys(("&", "|", "^"), _bits),
    **dict.fromkeys(("<<", ">>"), _shift),
    "??": _coalesced,
}


# --- one operand -----------------------------------------------------------------------------------------------------


def unary(operator: str, operand: Value, at: Span) -> Value:
    """`-x`, `+x`, `~x`, `!x`, `NOT x`."""
    found = _unary(operator, operand, at)
    return Value(found.sql, found.type, found.number, operand.constant)


def _unary(operator: str, operand: Value, at: Span) -> Value:
    if operator in {"!", "NOT"}:
        if operand.type.name != "bool":
            raise wrong_type(f"{operator} needs a bool, not {operand.type}", at)
        return Value(f"(NOT {operand.sql})", operand.type)
    if operand.type.name == "TimeSpan" and operator in "+-":
        return Value(f"({operator}{operand.sql})", TIMESPAN)
    met = promoted(operand.type, INT) if operand.type.name != "uint" or operator == "-" else operand.type
    if (
        met is None
        or (operator == "~" and met.name not in INTEGERS)
        or (operator == "-" and met.name == "ulong")
    ):
        raise wrong_type(f"the operator {operator} does not go with {operand.type}", at)
    if operator == "-":
        return _negated(operand, met)
    sql = f"CAST({operand.sql} AS {met.duckdb})"
    return Value(f"(~{sql})" if operator == "~" else sql, met, operand.number if operator == "+" else None)


def _negated(operand: Value, met: Type) -> Value:
    number = None if operand.number is None else -operand.number
    if met.name == "decimal":
        return Value(f"usql_decimal_negate({operand.sql})", met)
    if met.name in INTEGERS:
        return Value(wrapped(f"(-CAST({operand.sql} AS HUGEINT))", met.name), met, number)
    return Value(f"(-CAST({operand.sql} AS {met.duckdb}))", met)
