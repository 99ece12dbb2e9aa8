"""Rows on their way: named columns, and values as Python knows them; in text every value has one spelling."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lazulite.model.errors import InvalidRequest

Row = Sequence[Any]


@dataclass(frozen=True)
class Rows:
    """Rows, read as they are asked for.

    Args:
        title: How messages call where they come from.
        columns: The columns' names.
        values: The rows, each with as many values as there are columns.
        place: From the number of a row, counted from 0, to how messages call it.
    """

    title: str
    columns: tuple[str, ...]
    values: Iterable[Row]
    place: Callable[[int], str]

    def __post_init__(self) -> None:
        twice = [name for name, count in Counter(self.columns).items() if count > 1]
        if twice:
            raise InvalidRequest(
                f"Two columns of {self.title} are called {twice[0]!r}. Columns are told apart by name: rename one "
                "(in a query with AS)."
            )


def as_text(value: Any) -> str | None:
    r"""Return a value as it stands in a text file, and as databases read it; None is NULL.

    true and false; bytes in hexadecimal after `\x`; times with a blank between date and time; spans of time in hours,
    minutes and seconds; decimals with all their digits and no exponent; JSON as JSON.
    """
    if value is None or isinstance(value, str):
        return value
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def _span(value: timedelta) -> str:
    """As every database reads it: 26:00:00, and not Python's "1 day, 2:00:00"."""
    seconds, rest = divmod(abs(value), timedelta(seconds=1))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06}" if rest else ""
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}"


#: How values are written whose `str()` is no text that databases read. (SQL Server reads no decimals with exponents, which
#: `str()` gives from 0.0000001 on.)
_WRITERS: tuple[tuple[tuple[type, ...], Callable[[Any], str]], ...] = (
    ((bool,), lambda value: "true" if value else "false"),
    ((bytes, bytearray, memoryview), lambda value: "\\x" + bytes(value).hex()),
    ((datetime,), lambda value: str(value.isoformat(sep=" "))),
    ((Decimal,), lambda value: format(value, "f")),
    ((timedelta,), _span),
    ((dict, list), lambda value: json.dumps(value, ensure_ascii=False, default=str)),
)
