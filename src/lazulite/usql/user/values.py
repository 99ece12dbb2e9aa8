"""Values between DuckDB's representation (see `usql.types`) and the Python that users write."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lazulite.usql.dotnet import dates, numbers
from lazulite.usql.dotnet.dates import TICKS_PER_DAY
from lazulite.usql.dotnet.numbers import text_of
from lazulite.usql.dotnet.text import timespan_parse
from lazulite.usql.types import INTEGERS, Type

_EPOCH = dt.datetime(1, 1, 1)  # noqa: DTZ001 - a DateTime has no zone
_INTEGER = re.compile(r"[\t-\r ]*[+-]?[0-9]+[\t-\r ]*")


def to_python(value: Any, type_: Type) -> Any:
    """A value as a user's function gets it."""
    if value is None:
        return None
    if type_.element is not None and type_.key is None:
        return [to_python(each, type_.element) for each in value]
    if type_.element is not None and type_.key is not None:
        pairs = value.items() if isinstance(value, dict) else value
        return {to_python(key, type_.key): to_python(each, type_.element) for key, each in pairs}
    if type_.name == "DateTime":
        return _EPOCH + dt.timedelta(days=value // TICKS_PER_DAY, microseconds=value % TICKS_PER_DAY // 10)
    if type_.name == "TimeSpan":
        return dt.timedelta(microseconds=value // 10)
    if type_.name == "decimal":
        return Decimal(value)
    return chr(value) if type_.name == "char" else value


def from_python(value: Any, type_: Type) -> Any:
    """What a user's function gave, as DuckDB keeps it."""
    if value is None:
        return None
    if type_.element is not None and type_.key is None:
        return [from_python(each, type_.element) for each in value]
    if type_.element is not None and type_.key is not None:
        return [
            (from_python(key, type_.key), from_python(each, type_.element))
            for key, each in dict(value).items()
        ]
    if isinstance(value, str) and type_.name in _READ:
        return _read(value, type_)
    pack = _PACK.get(type_.name)
    return value if pack is None else pack(value)


def default_value(type_: Type) -> Any:
    """C#'s `default(type)` as a user's function would give it."""
    if type_.nullable:
        return None
    zero = {
        "bool": False,
        "DateTime": _EPOCH,
        "TimeSpan": dt.timedelta(),
        "Guid": "00000000-0000-0000-0000-000000000000",
    }
    return zero.get(type_.name, 0)


def _read(text: str, type_: Type) -> Any:
    """What the libraries for JSON, XML and the like give as text, as .NET parses it; nothing is null where that can be."""
    if not text and type_.nullable:
        return None
    value = _READ[type_.name](text)
    if value is None:
        raise ValueError(f"the text is no {type_}")
    return value


def _integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def _ticks(value: dt.date) -> int:
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return _span(moment.replace(tzinfo=None) - _EPOCH)


def _span(value: dt.timedelta) -> int:
    return (value.days * 86_400 + value.seconds) * 10_000_000 + value.microseconds * 10


_PACK: dict[str, Callable[[Any], Any]] = {
    "DateTime": _ticks,
    "TimeSpan": _span,
    "decimal": lambda value: text_of(Decimal(str(value))),
    "char": lambda value: ord(value) if isinstance(value, str) else value,
    "string": str,
    "Guid": str,
}
_READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(INTEGERS, _integer),
    **dict.fromkeys(("float", "double"), numbers.double_parse),
    "decimal": numbers.decimal_parse,
    "bool": _bool,
    "DateTime": dates.parse,
    "TimeSpan": timespan_parse,
}
