"""Small pieces of SQL that the binder calls by name, as macros: they cost nothing when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.usql.dotnet.dates import MAX_TICKS

if TYPE_CHECKING:
    import duckdb

_MACROS = {
    # A DateTime outside the years 1 to 9999 is an error.
    "usql_datetime_in_range(x)": f"CASE WHEN x BETWEEN 0 AND {MAX_TICKS} THEN x WHEN x IS NOT NULL THEN "
    "error('the result is no DateTime: it lies outside the years 1 to 9999 (ArgumentOutOfRangeException)') END",
    # Towards minus infinity, as C# shifts negative numbers.
    "usql_shift_right(x, n)": "CASE WHEN x < 0 THEN ~((~x) >> n) ELSE x >> n END",
    "usql_timestamp(x)": "make_timestamp(x // 10 - 62135596800000000)",
    # .NET counts UTF-16 units; an ASCII text has as many as it has bytes.
    "usql_is_ascii(s)": "strlen(s) = length(s)",
    "usql_length(s)": "CASE WHEN strlen(s) = length(s) THEN length(s)::INTEGER ELSE usql_utf16_length(s) END",
    "usql_substring(s, i, n)": "CASE WHEN strlen(s) = length(s) AND i BETWEEN 0 AND length(s) AND n BETWEEN 0 AND length(s) - i "
    "THEN substr(s, i + 1, n) ELSE usql_substring_any(s, i, n) END",
    "usql_upper(s)": "CASE WHEN strlen(s) = length(s) THEN upper(s) ELSE usql_upper_any(s) END",
    "usql_lower(s)": "CASE WHEN strlen(s) = length(s) THEN lower(s) ELSE usql_lower_any(s) END",
    # Milliseconds, rounded half away from zero: what AddDays and its kin add.
    "usql_milliseconds(x, unit)": "CAST(trunc(x * unit + CASE WHEN x >= 0 THEN 0.5 ELSE -0.5 END) AS BIGINT) * 10000",
    # PERCENTILE_DISC: the first of the sorted values at which the share of rows reaches p.
    "usql_percentile(l, p)": "l[greatest(CAST(ceil(p * len(l)) AS BIGINT), 1)]",
    "usql_at(l, i)": "CASE WHEN i BETWEEN 0 AND len(l) - 1 THEN l[i + 1] "
    "ELSE error('the index is outside the bounds of the array (IndexOutOfRangeException)') END",
}


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known to `connection`; the functions of `dotnet.functions` have to be."""
    for head, body in _MACROS.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {head} AS {body}")
