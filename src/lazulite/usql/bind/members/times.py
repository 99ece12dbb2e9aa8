"""`System.DateTime` and `System.TimeSpan`. A DateTime is UTC, as on ADLA's nodes; its kind is not kept."""

from __future__ import annotations

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.members import Member, Use
from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.dotnet.dates import MAX_TICKS, TICKS_PER_DAY
from lazulite.usql.parsing import parsed
from lazulite.usql.types import BOOL, DATETIME, DOUBLE, INT, LONG, STRING, TIMESPAN, Type

_DAY_OF_WEEK = Type("DayOfWeek")


def _of(target: Value, sql: str, type_: Type) -> Value:
    return Value(sql, type_.or_null if target.type.nullable else type_, constant=target.constant)


def _part(sql: str, type_: Type = INT) -> Member:
    """A property; `{t}` in the SQL is the ticks, `{s}` the timestamp."""

    def member(use: Use) -> Value:
        ticks = use.on.sql
        return _of(use.on, sql.format(t=ticks, s=f"usql_timestamp({ticks})"), type_)

    return member


def _add_scaled(milliseconds: int) -> Member:
    def member(use: Use) -> Value:
        use.counted(1)
        amount = use.argument(0, DOUBLE)
        return _of(
            use.on,
            f"usql_datetime_in_range({use.on.sql} + usql_milliseconds({amount}, {milliseconds}))",
            DATETIME,
        )

    return member


def _add_months(factor: int) -> Member:
    def member(use: Use) -> Value:
        use.counted(1)
        amount = use.argument(0, INT)
        return _of(use.on, f"usql_add_months({use.on.sql}, {amount} * {factor})", DATETIME)

    return member


def _add_ticks(use: Use) -> Value:
    return _of(use.on, f"usql_datetime_in_range({use.on.sql} + {use.argument(0, LONG)})", DATETIME)


def _add_span(use: Use) -> Value:
    return _of(use.on, f"usql_datetime_in_range({use.on.sql} + {use.argument(0, TIMESPAN)})", DATETIME)


def _subtract(use: Use) -> Value:
    other = use.value(0)
    return _of(
        use.on, f"({use.on.sql} - {other.sql})", TIMESPAN if other.type.name == "DateTime" else DATETIME
    )


def _same(use: Use) -> Value:
    return use.on


def _pattern(text: str) -> Member:
    return lambda use: _of(use.on, f"usql_datetime_format({use.on.sql}, '{text}')", STRING)


def parse(type_: Type) -> Member:
    """`T.Parse(text)`: an error for null and for what does not parse. A culture or style is passed over."""

    def member(use: Use) -> Value:
        value = use.value(0)
        text = casts.implicit(value, STRING, use.at, f"the text of {use.name}").sql
        wrong = f"'{type_}.Parse: the text is no {type_} (FormatException): '"
        sql = f"coalesce({parsed(type_, text)}, error(concat({wrong}, coalesce({text}, 'null'))))"
        return Value(f"CAST({sql} AS {type_.duckdb})", type_, constant=value.constant)

    return member


def _parse_exact(use: Use) -> Value:
    text, pattern = use.argument(0, STRING), use.argument(1, STRING)
    wrong = f"error(concat('DateTime.ParseExact: the text does not have the format (FormatException): ', coalesce({text}, 'null')))"
    constant = use.value(0).constant and use.value(1).constant
    return Value(
        f"coalesce(usql_datetime_parse_exact({text}, {pattern}), {wrong})", DATETIME, constant=constant
    )


def _now(use: Use) -> Value:
    return Value(f"CAST({use.binder.now} AS BIGINT)", DATETIME, constant=True)


def _today(use: Use) -> Value:
    return Value(
        f"CAST({use.binder.now // TICKS_PER_DAY * TICKS_PER_DAY} AS BIGINT)", DATETIME, constant=True
    )


def _compare(use: Use) -> Value:
    one = use.on if use.target is not None else use.value(0)
    other = use.value(0) if use.target is not None else use.value(1)
    return _of(one, f"CAST(sign({one.sql} - {other.sql}) AS INTEGER)", INT)


def new_datetime(use: Use) -> Value:
    """`new DateTime(ticks)`, `new DateTime(y, m, d)`, `(y, m, d, h, min, s[, ms])`; a DateTimeKind is passed over."""
    nodes = [
        each
        for each in use.nodes
        if not (isinstance(each.value, tree.Member) and "DateTimeKind" in repr(each.value))
    ]
    values = [use.binder.bind(each.value) for each in nodes]
    constant = all(value.constant for value in values)
    if len(values) == 1:
        return Value(f"usql_datetime_in_range({use.argument(0, LONG)})", DATETIME, constant=constant)
    if len(values) not in {0, 3, 6, 7}:
        raise wrong_type(
            "new DateTime has year, month, day, or hour, minute, second too, or milliseconds too", use.at
        )
    parts = [casts.implicit(value, INT, use.at).sql for value in values]
    if not parts:
        return Value("CAST(0 AS BIGINT)", DATETIME, constant=True)
    return Value(f"usql_new_datetime([{', '.join(parts)}])", DATETIME, constant=constant)


def _span(ticks: int) -> Member:
    return lambda use: Value(f"usql_milliseconds({use.argument(0, DOUBLE)}, {ticks // 10_000})", TIMESPAN)


def _day(number: int) -> Member:
    return lambda use: Value(f"CAST({number} AS INTEGER)", _DAY_OF_WEEK, constant=True)


_PROPERTIES = {
    "Year": _part("CAST(year({s}) AS INTEGER)"),
    "Month": _part("CAST(month({s}) AS INTEGER)"),
    "Day": _part("CAST(day({s}) AS INTEGER)"),
    "Hour": _part("CAST({t} // 36000000000 % 24 AS INTEGER)"),
    "Minute": _part("CAST({t} // 600000000 % 60 AS INTEGER)"),
    "Second": _part("CAST({t} // 10000000 % 60 AS INTEGER)"),
    "Millisecond": _part("CAST({t} // 10000 % 1000 AS INTEGER)"),
    "Ticks": _part("{t}", LONG),
    "DayOfWeek": _part("CAST(dayofweek({s}) AS INTEGER)", _DAY_OF_WEEK),
    "DayOfYear": _part("CAST(dayofyear({s}) AS INTEGER)"),
    "Date": _part(f"({{t}} - {{t}} % {TICKS_PER_DAY})", DATETIME),
    "TimeOfDay": _part(f"({{t}} % {TICKS_PER_DAY})", TIMESPAN),
    "Add": _add_span,
    "AddTicks": _add_ticks,
    "AddMilliseconds": _add_scaled(1),
    "AddSeconds": _add_scaled(1_000),
    "AddMinutes": _add_scaled(60_000),
    "AddHours": _add_scaled(3_600_000),
    "AddDays": _add_scaled(86_400_000),
    "AddMonths": _add_months(1),
    "AddYears": _add_months(12),
    "Subtract": _subtract,
    "ToUniversalTime": _same,
    "ToLocalTime": _same,
    "ToShortDateString": _pattern("M/d/yyyy"),
    "ToLongDateString": _pattern("dddd, MMMM d, yyyy"),
    "ToShortTimeString": _pattern("h:mm tt"),
    "ToLongTimeString": _pattern("h:mm:ss tt"),
    "CompareTo": _compare,
}
_TOTALS = {
    "TotalMilliseconds": 1e4,
    "TotalSeconds": 1e7,
    "TotalMinutes": 6e8,
    "TotalHours": 3.6e10,
    "TotalDays": 8.64e11,
}
_SPAN_PARTS = {
    "Days": (864_000_000_000, 0),
    "Hours": (36_000_000_000, 24),
    "Minutes": (600_000_000, 60),
    "Seconds": (10_000_000, 60),
    "Milliseconds": (10_000, 1000),
}

TABLE: dict[tuple[str, str], Member] = {
    **{("DateTime", name): member for name, member in _PROPERTIES.items()},
    **{
        ("TimeSpan", name): _part(f"(CAST({{t}} AS DOUBLE) / {scale!r})", DOUBLE)
        for name, scale in _TOTALS.items()
    },
    **{
        ("TimeSpan", name): _part(f"CAST({{t}} // {size}{f' % {cycle}' if cycle else ''} AS INTEGER)")
        for name, (size, cycle) in _SPAN_PARTS.items()
    },
    ("TimeSpan", "Ticks"): _part("{t}", LONG),
    ("TimeSpan", "Duration"): _part("abs({t})", TIMESPAN),
    **{
        (".TimeSpan", f"From{name}"): _span(ticks)
        for name, ticks in (
            ("Days", 864_000_000_000),
            ("Hours", 36_000_000_000),
            ("Minutes", 600_000_000),
            ("Seconds", 10_000_000),
            ("Milliseconds", 10_000),
        )
    },
    (".TimeSpan", "FromTicks"): lambda use: Value(use.argument(0, LONG), TIMESPAN),
    (".TimeSpan", "Zero"): lambda use: Value("CAST(0 AS BIGINT)", TIMESPAN, constant=True),
    (".DateTime", "ParseExact"): _parse_exact,
    (".DateTime", "Now"): _now,
    (".DateTime", "UtcNow"): _now,
    (".DateTime", "Today"): _today,
    (".DateTime", "MinValue"): lambda use: Value("CAST(0 AS BIGINT)", DATETIME, constant=True),
    (".DateTime", "MaxValue"): lambda use: Value(f"CAST({MAX_TICKS} AS BIGINT)", DATETIME, constant=True),
    (".DateTime", "Compare"): _compare,
    (".DateTime", "IsLeapYear"): lambda use: Value(f"usql_is_leap_year({use.argument(0, INT)})", BOOL),
    (".DateTime", "DaysInMonth"): lambda use: Value(
        f"usql_days_in_month({use.argument(0, INT)}, {use.argument(1, INT)})", INT
    ),
    **{
        (".DayOfWeek", name): _day(number)
        for number, name in enumerate(
            ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
        )
    },
}
