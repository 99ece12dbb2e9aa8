"""SQL that reads a value of a C# type from text as .NET's `Parse` does (invariant culture), or gives NULL.

DuckDB's casts take more (`12.5`, `1e3` and `1_000` are integers to them) and less; so a pattern decides what is cast.
What no pattern decides cheaply is a function in `dotnet`.
"""

from __future__ import annotations

from collections.abc import Callable

from lazulite.usql.types import INTEGERS, Type

# The blanks that .NET's number parsing allows around a number; in SQL as E'' text.
_BLANKS = r"E'\t\n\x0b\x0c\r '"
_INTEGER = r"'[\t-\r ]*[+-]?[0-9]+[\t-\r ]*'"
_GUID = (
    r"'\s*([0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}|\([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\))\s*'"
)
# The two forms of a date that are most used; everything else goes to `dotnet.dates`.
_YEAR = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_ISO = rf"'{_YEAR}-[0-9]{{2}}-[0-9]{{2}}([T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,7}})?)?'"


def parsed(type_: Type, text: str) -> str:
    """SQL of the value that the VARCHAR expression `text` spells; NULL where it spells none."""
    return _PARSERS[type_.name](text)


def parses(type_: Type) -> bool:
    """Whether values of the type can be read from text."""
    return type_.name in _PARSERS and type_.element is None


def _integer(duckdb: str) -> Callable[[str], str]:
    def sql(text: str) -> str:
        # Most texts are what DuckDB would write of the number; a pattern looks at the others only.
        quick = f"TRY_CAST({text} AS {duckdb})"
        exact = f"TRY_CAST(CASE WHEN regexp_full_match({text}, {_INTEGER}) THEN trim({text}, {_BLANKS}) END AS {duckdb})"
        return f"CASE WHEN CAST({quick} AS VARCHAR) = {text} THEN {quick} ELSE {exact} END"

    return sql


def _real(duckdb: str, function: str) -> Callable[[str], str]:
    def sql(text: str) -> str:
        # DuckDB reads what .NET reads of digits without thousands, and `1_000`, which .NET refuses. What is too large
        # it makes infinite; .NET Framework refuses that, too.
        cast = f"TRY_CAST({text} AS {duckdb})"
        return f"CASE WHEN isfinite({cast}) AND NOT contains({text}, '_') THEN {cast} ELSE {function}({text}) END"

    return sql


def _bool(text: str) -> str:
    return f"CASE lower(trim({text}, {_BLANKS})) WHEN 'true' THEN true WHEN 'false' THEN false END"


def _datetime(text: str) -> str:
    return (
        f"CASE WHEN regexp_full_match({text}, {_ISO}) THEN "
        f"(epoch_us(TRY_CAST(left({text}, 26) AS TIMESTAMP)) + 62135596800000000) * 10 + "
        f"CASE WHEN length({text}) = 27 THEN CAST(right({text}, 1) AS BIGINT) ELSE 0 END "
        f"ELSE usql_datetime_parse({text}) END"
    )


def _guid(text: str) -> str:
    return rf"CASE WHEN regexp_full_match({text}, {_GUID}) THEN CAST(trim({text}, '(){{}} ') AS UUID) END"


_PARSERS: dict[str, Callable[[str], str]] = {
    **{name: _integer(duckdb) for name, (_, _, duckdb) in INTEGERS.items()},
    "float": _real("FLOAT", "usql_float_parse"),
    "double": _real("DOUBLE", "usql_double_parse"),
    "decimal": lambda text: f"usql_decimal_parse({text})",
    "bool": _bool,
    "string": lambda text: text,
    "char": lambda text: f"usql_char_parse({text})",
    "DateTime": _datetime,
    "TimeSpan": lambda text: f"usql_timespan_parse({text})",
    "Guid": _guid,
    "byte[]": lambda text: f"TRY(unhex({text}))",
}
