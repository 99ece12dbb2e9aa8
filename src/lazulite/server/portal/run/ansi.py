"""A line of a log as pieces of text with a look: colours of terminals become classes, all other control is dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A control sequence: its parameters and what it does. Only "m" (the look of text) means something on a page.
_CONTROL = re.compile(
    r"\x1b\[([0-9;:]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1f\x7f]"
)
_STAMP = re.compile(
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\]?(?=\s|$)\s?"
)
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
#: A longer line is cut: it says so, and the whole is in the file.
LONGEST = 4000


@dataclass(frozen=True)
class Piece:
    """Text and the classes that say how it looks."""

    text: str
    look: str = ""


def pieces(line: str) -> list[Piece]:
    """Return a line as pieces; of one drawn over and over (a progress bar) its last state."""
    line = line.rstrip("\r\n").rpartition("\r")[2]
    rest = len(line) - LONGEST
    if rest > 0:
        line = line[:LONGEST]
    found: list[Piece] = []
    stamp = _STAMP.match(line)
    start = stamp.end() if stamp else 0
    if stamp:
        found.append(Piece(stamp[0], "stamp"))
    looks: dict[str, str] = {}
    for control in _CONTROL.finditer(line, start):
        _add(found, line[start : control.start()], looks)
        start = control.end()
        if control[2] == "m":
            _turn(looks, control[1])
    _add(found, line[start:], looks)
    if rest > 0:
        found.append(Piece(f" … {rest:,} more characters, in the file", "cut"))
    return found


def _add(found: list[Piece], text: str, looks: dict[str, str]) -> None:
    if text:
        found.append(Piece(text, " ".join(looks.values())))


def _turn(looks: dict[str, str], parameters: str) -> None:
    numbers = [int(number or 0) for number in parameters.replace(":", ";").split(";")]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            looks.clear()
        elif number in (38, 48):  # a colour of 256, or of red, green and blue: no class for so many
            del numbers[: 2 if numbers[:1] == [5] else 4]
        elif number in _SET:
            aspect, look = _SET[number]
            looks[aspect] = look
        elif number in _UNSET:
            for aspect in _UNSET[number]:
                looks.pop(aspect, None)


_SET: dict[int, tuple[str, str]] = {
    1: ("weight", "bold"),
    2: ("weight", "dim"),
    3: ("slant", "italic"),
    4: ("line", "underline"),
    **{30 + n: ("colour", f"ansi-{name}") for n, name in enumerate(_COLOURS)},
    **{90 + n: ("colour", f"ansi-{name}") for n, name in enumerate(_COLOURS)},
}
_UNSET: dict[int, tuple[str, ...]] = {22: ("weight",), 23: ("slant",), 24: ("line",), 39: ("colour",)}
