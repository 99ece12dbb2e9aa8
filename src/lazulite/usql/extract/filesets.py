"""File sets: the files that a path with `{…}` stands for, and the virtual columns that their names give.

    /logs/{date:yyyy}/{date:MM}/{host}.csv      date DateTime, host string
    /logs/{*}.csv                               any name

A brace matches within one part of the path. A column that stands twice has to say the same twice; parts of a date that
contradict each other, or are no date, do not match.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lazulite.usql.dotnet import dates
from lazulite.usql.failures import UsqlRuntimeError

_BRACE = re.compile(r"\{([^{}]*)\}")
# How wide the parts of a date are, and what of a DateTime they say.
_PARTS = {"yyyy": r"\d{4}", "yy": r"\d{2}", "MM": r"\d{2}", "M": r"\d{1,2}", "dd": r"\d{2}", "d": r"\d{1,2}", "HH": r"\d{2}", "H": r"\d{1,2}", "mm": r"\d{2}", "m": r"\d{1,2}", "ss": r"\d{2}", "s": r"\d{1,2}", "fff": r"\d{3}"}  # fmt: skip
_ZEROED = {"yy": "yyyy", "M": "MM", "d": "dd", "H": "HH", "m": "mm", "s": "ss"}


@dataclass(frozen=True)
class Found:
    """A file of the set, with the texts of its virtual columns; those of dates are ISO dates."""

    file: Path
    values: Mapping[str, str]


def columns_of(pattern: str) -> list[str]:
    """The names of the virtual columns in a path."""
    names = [brace.split(":", 1)[0] for brace in _BRACE.findall(pattern)]
    return list(dict.fromkeys(name for name in names if name != "*"))


def pieces_of(pattern: str) -> Iterator[tuple[str, str, str]]:
    """What stands before each brace, with its column and what is behind the colon; at last the rest, with neither."""
    position = 0
    for brace in _BRACE.finditer(pattern):
        name, _, part = brace[1].partition(":")
        yield pattern[position : brace.start()], name, part
        position = brace.end()
    yield pattern[position:], "", ""


def is_pattern(path: str) -> bool:
    return _BRACE.search(path) is not None


def files_of(folder: Path, pattern: str) -> list[Found]:
    """The files below `folder` whose path relative to it matches `pattern`, in the order of their names."""
    expression, groups = _compiled(pattern)
    found = []
    for path, relative in _files_below(folder, pattern):
        match = expression.fullmatch(relative)
        values = None if match is None else _values(list(zip(groups, match.groups(), strict=True)))
        if values is not None:
            found.append(Found(path, values))
    return sorted(found, key=lambda each: each.file)


def _files_below(folder: Path, pattern: str) -> Iterator[tuple[Path, str]]:
    fixed = pattern[: pattern.index("{")].rpartition("/")[0]
    for parent, _, names in os.walk(folder / fixed):
        for name in names:
            path = Path(parent) / name
            yield path, path.relative_to(folder).as_posix()


def _compiled(pattern: str) -> tuple[re.Pattern[str], list[tuple[str, str]]]:
    """The pattern as a regular expression, and (column, part of a date or "") of each of its groups."""
    expression, groups, position = "", [], 0
    for brace in _BRACE.finditer(pattern):
        expression += re.escape(pattern[position : brace.start()])
        column, _, part = brace[1].partition(":")
        if part and part not in _PARTS and part != "*":
            raise UsqlRuntimeError(
                f"{pattern!r}: {{{brace[1]}}} has no part of a date after the colon; there are {', '.join(_PARTS)}"
            )
        if column == "*":
            expression += "[^/]*"
        else:
            expression += f"({_PARTS.get(part, '[^/]+')})"
            groups.append((column, "" if part == "*" else part))
        position = brace.end()
    return re.compile(expression + re.escape(pattern[position:])), groups


def _values(texts: list[tuple[tuple[str, str], str]]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    parts: dict[str, dict[str, str]] = {}
    for (column, part), text in texts:
        known, name, value = (
            (parts.setdefault(column, {}), *_normal(part, text)) if part else (values, column, text)
        )
        if known.setdefault(name, value) != value:
            return None
    for column, known in parts.items():
        date = _date(known)
        if date is None:
            return None
        values[column] = date
    return values


def _normal(part: str, text: str) -> tuple[str, str]:
    if part == "yy":
        return "yyyy", ("20" if text < "30" else "19") + text
    return _ZEROED.get(part, part), text if part == "fff" else text.zfill(4 if part == "yyyy" else 2)


def _date(parts: Mapping[str, str]) -> str | None:
    hour, minute, second = (int(parts.get(name, "0")) for name in ("HH", "mm", "ss"))
    if hour > 23 or minute > 59 or second > 59:
        return None
    try:
        ticks = dates.ticks_of(
            int(parts.get("yyyy", "1")),
            int(parts.get("MM", "1")),
            int(parts.get("dd", "1")),
            (hour * 60 + minute) * 60 + second,
            int(parts.get("fff", "0")) * 10_000,
        )
    except ValueError:
        return None
    return dates.format_(ticks, "O")
