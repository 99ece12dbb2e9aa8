"""SQL that writes a value of a C# type as .NET's `ToString()` does in the invariant culture; NULL stays NULL."""

from __future__ import annotations

from collections.abc import Callable

from lazulite.usql.text import literal
from lazulite.usql.types import INTEGERS, Type

_DAYS = "['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']"
_EPOCH = 62_135_596_800_000_000  # microseconds from the year 1 to 1970


def written(type_: Type, value: str) -> str:
    """SQL of the text of `value`; KeyError for a type that has no text of its own (arrays, maps)."""
    return _WRITERS[type_.name](value)


def has_text(type_: Type) -> bool:
    return type_.name in _WRITERS


def round_trip(ticks: str) -> str:
    """SQL of a DateTime in the format `O`: `2012-02-15T11:53:16.0000000`."""
    return f"(strftime(make_timestamp({ticks} // 10 - {_EPOCH}), '%Y-%m-%dT%H:%M:%S.%f') || CAST({ticks} % 10 AS VARCHAR))"


def _real(digits: int) -> Callable[[str], str]:
    # .NET Framework writes 15 digits of a double and 7 of a float, and no sign before a zero.
    def sql(value: str) -> str:
        return (
            f"CASE WHEN {value} = 0 THEN '0' WHEN isfinite({value}) THEN upper(printf('%.{digits}g', CAST({value} AS DOUBLE))) "
            f"WHEN isnan({value}) THEN 'NaN' WHEN {value} > 0 THEN 'Infinity' WHEN {value} < 0 THEN '-Infinity' END"
        )

    return sql


_WRITERS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(INTEGERS, lambda value: f"CAST({value} AS VARCHAR)"),
    "string": lambda value: value,
    "decimal": lambda value: value,
    "bool": lambda value: f"CASE {value} WHEN true THEN 'True' WHEN false THEN 'False' END",
    "char": lambda value: f"usql_char_text({value})",
    "float": _real(7),
    "double": _real(15),
    "DateTime": lambda value: f"usql_datetime_format({value}, {literal('M/d/yyyy h:mm:ss tt')})",
    "TimeSpan": lambda value: f"usql_timespan_text({value})",
    "DayOfWeek": lambda value: f"({_DAYS})[{value} + 1]",
    "Guid": lambda value: f"CAST({value} AS VARCHAR)",
}
