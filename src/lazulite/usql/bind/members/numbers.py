"""`System.Math`, `System.Convert`, the numbers' own members, `bool` and `Guid`."""

from __future__ import annotations

import math

from lazulite.usql import types
from lazulite.usql.bind import casts
from lazulite.usql.bind.members import Member, Use
from lazulite.usql.bind.members.times import parse
from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.types import BOOL, DOUBLE, GUID, INT, INTEGERS, STRING, Type, promoted


def _double(sql: str, count: int = 1) -> Member:
    """A function of doubles: `{0}`, `{1}` are its arguments."""

    def member(use: Use) -> Value:
        use.counted(count)
        values = [use.value(index) for index in range(count)]
        arguments = [
            f"CAST({value.sql} AS DOUBLE)" if value.type.is_number else use.argument(index, DOUBLE)
            for index, value in enumerate(values)
        ]
        return Value(sql.format(*arguments), DOUBLE, constant=all(value.constant for value in values))

    return member


def _number(use: Use, index: int = 0) -> Value:
    value = use.value(index)
    if not value.type.is_number or value.type.nullable:
        raise wrong_type(f"{use.name} needs a number, not {value.type}", use.at, "Cast it, or write x ?? 0.")
    return value


def _met(use: Use) -> tuple[Value, Value, Type]:
    one, other = _number(use), _number(use, 1)
    met = promoted(one.type, other.type)
    if met is None:
        raise wrong_type(f"{use.name} does not go with {one.type} and {other.type}", use.at)
    return one, other, met


def _least(function: str) -> Member:
    def member(use: Use) -> Value:
        use.counted(2)
        one, other, met = _met(use)
        if met.name == "decimal":
            better = "<=" if function == "least" else ">="
            sides = [f"CAST({each.sql} AS VARCHAR)" for each in (one, other)]
            test = f"usql_decimal_key({sides[0]}) {better} usql_decimal_key({sides[1]})"
            return Value(f"CASE WHEN {test} THEN {sides[0]} ELSE {sides[1]} END", met)
        sql = f"{function}(CAST({one.sql} AS {met.duckdb}), CAST({other.sql} AS {met.duckdb}))"
        if met.name in {"float", "double"}:
            sql = f"CASE WHEN isnan({one.sql}::DOUBLE) OR isnan({other.sql}::DOUBLE) THEN CAST('nan' AS {met.duckdb}) ELSE {sql} END"
        return Value(sql, met)

    return member


def _abs(use: Use) -> Value:
    value = _number(use)
    if value.type.name == "decimal":
        return Value(f"ltrim({value.sql}, '-')", value.type)
    met = (
        value.type if value.type.name in {"float", "double", "sbyte", "short"} else promoted(value.type, INT)
    )
    assert met is not None  # noqa: S101
    return Value(f"abs(CAST({value.sql} AS {met.duckdb}))", met)


def _rounding(function: str) -> Member:
    """Floor, Ceiling, Truncate: of a double or of a decimal."""

    def member(use: Use) -> Value:
        value = _number(use)
        if value.type.name == "decimal":
            return Value(f"usql_decimal_{function}({value.sql})", types.DECIMAL)
        return Value(f"{function}(CAST({value.sql} AS DOUBLE))", DOUBLE)

    return member


def _round(use: Use) -> Value:
    use.counted(1, 2, 3)
    value = _number(use)
    away = "AwayFromZero" in repr(use.nodes[-1].value)
    digits = (
        use.argument(1, INT) if use.count > 1 and "MidpointRounding" not in repr(use.nodes[1].value) else "0"
    )
    if value.type.name == "decimal":
        return Value(f"usql_decimal_round({value.sql}, {digits}, {str(away).lower()})", types.DECIMAL)
    return Value(f"usql_round(CAST({value.sql} AS DOUBLE), {digits}, {str(away).lower()})", DOUBLE)


def _sign(use: Use) -> Value:
    value = _number(use)
    return Value(f"CAST(sign(CAST({value.sql} AS DOUBLE)) AS INTEGER)", INT)


def _constant(value: float) -> Member:
    return lambda use: Value(f"CAST({value!r} AS DOUBLE)", DOUBLE, constant=True)


# --- Convert ---------------------------------------------------------------------------------------------------------


def _convert(type_: Type) -> Member:
    """`Convert.ToInt32(x)`: text is parsed (null gives 0), doubles are rounded half to even, too large is an error."""

    def member(use: Use) -> Value:
        value = use.value(0)
        name = value.type.name
        if name in {"string", "null"}:
            zero = f"CASE WHEN {value.sql} IS NULL THEN {_zero(type_)} ELSE {parse(type_)(use).sql} END"
            return Value(zero, type_, constant=value.constant)
        sql = _converted(value, type_, use)
        return Value(
            f"coalesce({sql}, {_zero(type_)})" if value.type.nullable else sql, type_, constant=value.constant
        )

    return member


def _converted(value: Value, type_: Type, use: Use) -> str:
    name = value.type.name
    if name == "bool":
        return f"CAST(CAST({value.sql} AS INTEGER) AS {type_.duckdb})"
    if type_.name == "bool":
        return f"(CAST({value.sql} AS DOUBLE) <> 0)"
    if type_.name in INTEGERS and name in {"double", "float"}:
        return f"CAST(round_even(CAST({value.sql} AS DOUBLE), 0) AS {type_.duckdb})"
    if type_.name in INTEGERS and name == "decimal":
        return f"CAST(usql_decimal_round({value.sql}, 0, false) AS {type_.duckdb})"
    if type_.name in INTEGERS and name in INTEGERS:
        return f"CAST({value.sql} AS {type_.duckdb})"  # too large is an error, as in .NET
    return casts.cast(value, type_.or_null if value.type.nullable else type_, use.at).sql


def _zero(type_: Type) -> str:
    from lazulite.usql.bind.expressions import default_of

    return default_of(type_).sql


def _convert_to_string(use: Use) -> Value:
    value = use.value(0)
    return Value(
        casts.concatenated(value, use.at) if value.type.name != "string" else value.sql,
        STRING,
        constant=value.constant,
    )


_NAMES = {
    "ToByte": "byte",
    "ToSByte": "sbyte",
    "ToInt16": "short",
    "ToUInt16": "ushort",
    "ToInt32": "int",
    "ToUInt32": "uint",
    "ToInt64": "long",
    "ToUInt64": "ulong",
    "ToSingle": "float",
    "ToDouble": "double",
    "ToDecimal": "decimal",
    "ToBoolean": "bool",
    "ToDateTime": "DateTime",
}
_PARSED = [
    "sbyte",
    "byte",
    "short",
    "ushort",
    "int",
    "uint",
    "long",
    "ulong",
    "float",
    "double",
    "decimal",
    "bool",
    "DateTime",
    "TimeSpan",
    "Guid",
    "char",
]


def _bound(sql: str, type_: Type, number: int | None = None) -> Member:
    return lambda use: Value(sql, type_, number, constant=True)


def _limits() -> dict[tuple[str, str], Member]:
    found: dict[tuple[str, str], Member] = {}
    for name, (bits, signed, duckdb) in INTEGERS.items():
        low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
        found[f".{name}", "MinValue"] = _bound(f"CAST({low} AS {duckdb})", types.of(name), low)
        found[f".{name}", "MaxValue"] = _bound(f"CAST({high} AS {duckdb})", types.of(name), high)
    for name, value in (
        ("NaN", "nan"),
        ("PositiveInfinity", "inf"),
        ("NegativeInfinity", "-inf"),
        ("MaxValue", "1.7976931348623157e308"),
        ("MinValue", "-1.7976931348623157e308"),
        ("Epsilon", "5e-324"),
    ):
        found[".double", name] = _bound(f"CAST('{value}' AS DOUBLE)", DOUBLE)
    return found


TABLE: dict[tuple[str, str], Member] = {
    **_limits(),
    **{(f".{name}", "Parse"): parse(types.of(name)) for name in _PARSED},
    **{(".Convert", name): _convert(types.of(type_)) for name, type_ in _NAMES.items()},
    (".Convert", "ToString"): _convert_to_string,
    (".double", "IsNaN"): lambda use: Value(f"isnan({use.argument(0, DOUBLE)})", BOOL),
    (".double", "IsInfinity"): lambda use: Value(f"isinf({use.argument(0, DOUBLE)})", BOOL),
    (".Math", "PI"): _constant(math.pi),
    (".Math", "E"): _constant(math.e),
    (".Math", "Pow"): _double("pow({0}, {1})", 2),
    (".Math", "Sqrt"): _double("sqrt({0})"),
    (".Math", "Exp"): _double("exp({0})"),
    (".Math", "Log10"): _double("log10({0})"),
    (".Math", "Log"): lambda use: (
        _double("(ln({0}) / ln({1}))", 2) if use.count == 2 else _double("ln({0})")
    )(use),
    **{
        (".Math", name): _double(f"{name.lower()}({{0}})")
        for name in ("Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh")
    },
    (".Math", "Atan2"): _double("atan2({0}, {1})", 2),
    (".Math", "Min"): _least("least"),
    (".Math", "Max"): _least("greatest"),
    (".Math", "Abs"): _abs,
    (".Math", "Sign"): _sign,
    (".Math", "Floor"): _rounding("floor"),
    (".Math", "Ceiling"): _rounding("ceil"),
    (".Math", "Truncate"): _rounding("trunc"),
    (".Math", "Round"): _round,
    (".Guid", "NewGuid"): lambda use: Value("uuid()", GUID),
    (".Guid", "Empty"): _bound("CAST('00000000-0000-0000-0000-000000000000' AS UUID)", GUID),
}
