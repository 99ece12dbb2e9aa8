"""Rows as text: CSV with a header, UTF-8, commas, quotes as in RFC 4180; lines end with a line feed.

NULL is an empty field, and an empty text is `""`, so that the two stay apart. (Python's csv module cannot tell them.)
Read are also lines that end with CR LF, and a byte-order mark at the beginning.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.transfer.rows import Row, Rows, as_text

_CHUNK = 1 << 18
#: So many characters a record may have. A quote that nothing closes would make one of the rest of the file.
_LONGEST = 64 << 20
#: What makes a field need quotes. A field that looks like NULL, an empty one, needs them too.
_SPECIAL = re.compile(r'[",\r\n]')
#: One field and what ends it. A quoted one may hold anything; a quote in it is doubled.
_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)')


def encoded(rows: Rows) -> Iterator[bytes]:
    """Yield the file's bytes, a few hundred kilobytes at a time."""
    lines, size = [_line(rows.columns)], 0
    for row in rows.values:
        lines.append(_line(row))
        size += len(lines[-1])
        if size >= _CHUNK:
            yield "".join(lines).encode()
            lines, size = [], 0
    yield "".join(lines).encode()


def _line(row: Row) -> str:
    return ",".join([_field(as_text(value)) for value in row]) + "\n"


def _field(text: str | None) -> str:
    if text is None:
        return ""
    if text and not _SPECIAL.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'


class Pulled(io.RawIOBase):
    """Pieces of bytes as a file that somebody reads; counts what went by."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.bytes = 0
        self._pieces = iter(pieces)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            found, self._rest = self._rest + b"".join(self._pieces), b""
        else:
            while not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = piece
            found, self._rest = self._rest[:size], self._rest[size:]
        self.bytes += len(found)
        return found


def decoded(opened: BinaryIO, title: str) -> Rows:
    """Return the rows of a file, read as they are asked for.

    Args:
        opened: The file.
        title: How messages call it.

    Raises:
        InvalidRequest: there is no header; while rows are read, a line that cannot be understood, by its number.
    """
    records = _records(opened, title)
    _, header = next(records, (1, []))
    if not header or any(not name for name in header):
        raise InvalidRequest(
            f"The first line of {title} is no header: {header!r}. Expected the names of its columns."
        )
    columns = tuple(str(name) for name in header)
    lines = _Lines()
    return Rows(
        title, columns, _checked(records, columns, title, lines), lambda row: f"{title}, {lines.of(row)}"
    )


class _Lines:
    """At which line of the file the rows begin, for as many as may still be in question."""

    _KEPT = 100_000

    def __init__(self) -> None:
        self._first = 0
        self._lines: list[int] = []

    def add(self, line: int) -> None:
        self._lines.append(line)
        if len(self._lines) >= 2 * self._KEPT:
            del self._lines[: self._KEPT]
            self._first += self._KEPT

    def of(self, row: int) -> str:
        if self._first <= row < self._first + len(self._lines):
            return f"line {self._lines[row - self._first]}"
        return f"row {row + 1}"


def _checked(
    records: Iterator[tuple[int, list[str | None]]], columns: tuple[str, ...], title: str, lines: _Lines
) -> Iterator[Row]:
    for line, record in records:
        if len(record) != len(columns):
            raise InvalidRequest(
                f"Line {line} of {title} has {len(record)} fields; its header has {len(columns)}."
            )
        lines.add(line)
        yield record


def _records(opened: BinaryIO, title: str) -> Iterator[tuple[int, list[str | None]]]:
    """The records with the number of the line each begins at."""
    number = 0
    lines = _decoded_lines(opened, title)
    for line in lines:
        number += 1
        if '"' not in line:
            text = line.rstrip("\n").removesuffix("\r")
            yield number, [field or None for field in text.split(",")]
            continue
        began, parts, length = number, [line], len(line)
        is_open = line.count('"') % 2 == 1
        while is_open:  # a quoted field goes on in the next line
            more = next(lines, None)
            if more is None or length > _LONGEST:
                raise InvalidRequest(f"Line {began} of {title} opens a quote that nothing closes.")
            parts.append(more)
            length += len(more)
            is_open = more.count('"') % 2 == 0
            number += 1
        yield began, _fields("".join(parts), began, title)


def _fields(text: str, line: int, title: str) -> list[str | None]:
    found: list[str | None] = []
    at = 0
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            raise InvalidRequest(
                f"Line {line} of {title} has a quote inside a field that does not begin with one, or text behind a "
                'closing quote. Write the whole field in quotes, and each quote in it twice: "a ""b"" c".'
            )
        quoted, plain, end = match.groups()
        found.append(plain or None if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if end != ",":
            return found


def _decoded_lines(opened: BinaryIO, title: str) -> Iterator[str]:
    reader = io.TextIOWrapper(io.BufferedReader(_Whole(opened), _CHUNK), encoding="utf-8-sig", newline="\n")
    number = 0
    try:
        while line := reader.readline(_LONGEST):
            number += 1
            if len(line) == _LONGEST:
                raise InvalidRequest(
                    f"Line {number} of {title} has more than {_LONGEST >> 20} million characters. Rows end with a line "
                    "feed: is it a text file?"
                )
            yield line
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            f"{title} is not UTF-8 text after line {number}: {error.reason}. Save it as UTF-8."
        ) from error


class _Whole(io.RawIOBase):
    """A file as the buffered reader wants it, whatever kind of file it is."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._opened.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
