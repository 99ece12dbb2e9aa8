"""Rows on their way: named columns, and values as Python knows them; in text every value has one spelling."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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

    true and false; bytes in hexadecimal after `\x`; times with a blank between date and time; JSON as JSON.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
