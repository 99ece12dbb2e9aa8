"""The exact rules by which U-SQL cuts a text file into rows and fields, in plain Python.

- A row ends at CR, LF or CRLF (or at the row delimiter given), also inside quotes; only the escape character protects
  it. The end of the file ends the last row.
- A field that starts with a double quote ends at the next single one; doubled quotes stand for one. Between the quotes
  the column delimiter is text. After the closing quote only a delimiter may follow.
- The escape character makes the next character text and is dropped; it does not escape quotes.
- A field whose text as it stands is the null escape is null; an empty field is null for every type but string.

A row becomes a list of texts and Nones (null). `read` is a generator, so that a file never is in memory as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lazulite.usql import failures
from lazulite.usql.extract.parameters import Column, TextFormat
from lazulite.usql.extract.plain import encoding_error
from lazulite.usql.failures import ExtractError

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Row:
    """One row that has as many fields as asked for: its number from 1, its first byte, its fields."""

    number: int
    offset: int
    fields: list[str | None]


class _Malformed(Exception):
    """A row that cannot be cut into fields; `args` are the error's name and a sentence."""


def read(plain: Path, columns: list[Column], format_: TextFormat, shown_as: Path) -> Iterator[Row]:
    """The rows of a plain UTF-8 file. `shown_as` is the file's name in errors.

    Raises `ExtractError` for a wrong number of columns or malformed quotes (unless `silent`, which leaves the row
    out) and for bytes that are no UTF-8.
    """
    split = _splitter(format_)
    is_text = [column.type.name == "string" for column in columns]
    for number, offset, text in _rows(plain, format_, shown_as):
        if number <= format_.skip_rows:
            continue
        try:
            fields = split(text)
            if len(fields) != len(columns):
                raise _Malformed(  # noqa: TRY301
                    failures.UNEXPECTED_NUMBER_COLUMNS,
                    f"{len(fields)} columns where {len(columns)} are asked for",
                )
        except _Malformed as wrong:
            if format_.silent:
                continue
            name, sentence = wrong.args
            raise ExtractError(
                f"{shown_as}, row {number}, byte {offset}: {sentence}. The row: {_short(text)}",
                name=name,
                file=str(shown_as),
                row=number,
                offset=offset,
            ) from None
        yield Row(
            number,
            offset,
            [_value(*field, wanted, format_) for field, wanted in zip(fields, is_text, strict=True)],
        )


def _short(text: str) -> str:
    return repr(text if len(text) <= 200 else text[:200] + "…")


def _value(raw: str, text: str, is_text: bool, format_: TextFormat) -> str | None:
    if raw == format_.null_escape:
        return None
    return None if raw == "" and (format_.empty_is_null or not is_text) else text


# --- rows ------------------------------------------------------------------------------------------------------------


def _row_end(format_: TextFormat) -> re.Pattern[str]:
    ends = r"\r\n|\r|\n" if format_.row_delimiter is None else re.escape(format_.row_delimiter)
    if format_.escape is None:
        return re.compile(ends)
    # What the escape character precedes is passed over: a whole CRLF if that is there.
    return re.compile(rf"(?s:{re.escape(format_.escape)}(?:\r\n|.))|({ends})")


def _rows(plain: Path, format_: TextFormat, shown_as: Path) -> Iterator[tuple[int, int, str]]:
    """(number, offset in bytes, text without its delimiter) of every row."""
    end = _row_end(format_)
    pending, number, offset = "", 0, 0
    with plain.open("rb") as stream:
        start = 3 if stream.read(3) == b"\xef\xbb\xbf" else 0
        stream.seek(start)
        offset = start
        for text, last in _texts(stream.read, shown_as, start):
            pending += text
            position = 0
            for row_end, next_row in _ends(end, pending, format_, last):
                row = pending[position:row_end]
                number += 1
                yield number, offset, row
                offset += len(pending[position:next_row].encode())
                position = next_row
            pending = pending[position:]
    if pending:
        yield number + 1, offset, pending


def _ends(end: re.Pattern[str], pending: str, format_: TextFormat, last: bool) -> Iterator[tuple[int, int]]:
    # The last two characters wait for what follows: a CR may be half of a CRLF, an escape precede what is not read.
    limit = len(pending) if last else max(len(pending) - 2, 0)
    for found in end.finditer(pending):
        if found.end() > limit:
            return
        if format_.escape is None or found.group(1) is not None:
            yield found.start(), found.end()


def _texts(read: Callable[[int], bytes], shown_as: Path, start: int) -> Iterator[tuple[str, bool]]:
    """The file's text in pieces that end between characters, each with whether it is the last."""
    position, rest = start, b""
    while True:
        chunk = read(_CHUNK)
        data = rest + chunk
        try:
            text = data.decode("utf-8")
            rest = b""
        except UnicodeDecodeError as wrong:
            if not chunk or wrong.reason != "unexpected end of data":
                raise encoding_error(shown_as, position + wrong.start, "utf-8", data[wrong.start]) from None
            text, rest = data[: wrong.start].decode("utf-8"), data[wrong.start :]
        position += len(data) - len(rest)
        yield text, not chunk
        if not chunk:
            return


# --- fields ----------------------------------------------------------------------------------------------------------


def _splitter(format_: TextFormat) -> Callable[[str], list[tuple[str, str]]]:
    """row → its fields, each as it stands and as it reads."""
    slow = _slow_splitter(format_)
    delimiter, quoting, escape = format_.delimiter, format_.quoting, format_.escape

    def split(row: str) -> list[tuple[str, str]]:
        if (quoting and '"' in row) or (escape is not None and escape in row):
            return slow(row)
        return [(field, field) for field in row.split(delimiter)]

    return split


def _slow_splitter(format_: TextFormat) -> Callable[[str], list[tuple[str, str]]]:
    delimiter, escape = format_.delimiter, format_.escape

    def split(row: str) -> list[tuple[str, str]]:
        fields: list[tuple[str, str]] = []
        position = 0
        while True:
            start = position
            if format_.quoting and row.startswith('"', position):
                text, position = _quoted(row, position + 1, escape)
                if position < len(row) and row[position] != delimiter:
                    raise _Malformed(
                        failures.AFTER_QUALIFIER,
                        f"{row[position]!r} follows the closing quote of column {len(fields) + 1}",
                    )
            else:
                text, position = _bare(row, position, delimiter, escape)
            fields.append((row[start:position], text))
            if position >= len(row):
                return fields
            position += 1

    return split


def _quoted(row: str, position: int, escape: str | None) -> tuple[str, int]:
    parts: list[str] = []
    while position < len(row):
        character = row[position]
        if character == '"':
            if not row.startswith('"', position + 1):
                return "".join(parts), position + 1
            parts.append('"')
            position += 2
        elif character == escape and position + 1 < len(row) and row[position + 1] != '"':
            parts.append(row[position + 1])
            position += 2
        else:
            if character != escape:
                parts.append(character)
            position += 1
    raise _Malformed(
        failures.UNEXPECTED_ROW_DELIMITER, "the row ends inside quotes: newlines end rows there, too"
    )


def _bare(row: str, position: int, delimiter: str, escape: str | None) -> tuple[str, int]:
    parts: list[str] = []
    while position < len(row) and row[position] != delimiter:
        if row[position] == escape:
            position += 1
            parts.append(row[position : position + 1])
        else:
            parts.append(row[position])
        position += 1
    return "".join(parts), min(position, len(row))
