"""A look at a file without downloading it: an image, a table, text, or nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_TABLES = {".csv": ",", ".tsv": "\t"}
#: What is read of a file to look at it.
MOST_BYTES = 1 << 18
_MOST_ROWS, _MOST_COLUMNS, _MOST_CELL = 100, 50, 200
Read = Callable[[int], bytes]


@dataclass(frozen=True)
class Preview:
    """`kind` is image, table, text or none; `is_cut` if there is more than is shown."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    is_cut: bool = False


def is_image(name: str) -> bool:
    """Whether a browser shows it as an image."""
    return ending(name) in _IMAGES


def media_type(name: str) -> str | None:
    """The media type of an image, None of any other file."""
    return _IMAGES.get(ending(name))


def ending(name: str) -> str:
    """The end of a file's name, small, with its dot."""
    _, dot, last = name.rpartition("/")[2].rpartition(".")
    return f"{dot}{last}".lower() if dot else ""


def preview(name: str, size: int, read: Read) -> Preview:
    """Return a look at a file.

    Args:
        name: Its name, whose end tells what it is.
        size: Its size in bytes.
        read: Reads so many bytes from its beginning.
    """
    if is_image(name):
        return Preview("image")
    data = read(MOST_BYTES)
    if b"\0" in data:
        return Preview("none")
    text, is_cut = data.decode(errors="replace"), size > len(data)
    if ending(name) in _TABLES:
        return _table(text, _TABLES[ending(name)], is_cut)
    if ending(name) == ".json" and not is_cut:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return Preview("text", text, is_cut=is_cut)


def _table(text: str, separator: str, is_cut: bool) -> Preview:
    lines = text.splitlines(keepends=True)
    if is_cut and len(lines) > 1:
        lines.pop()  # it may be half a line
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(io.StringIO("".join(lines)), delimiter=separator):
            if len(rows) > _MOST_ROWS:
                return Preview("table", rows=tuple(rows), is_cut=True)
            cells = [cell if len(cell) <= _MOST_CELL else f"{cell[:_MOST_CELL]}…" for cell in row]
            rows.append(tuple(cells[:_MOST_COLUMNS]))
    except csv.Error:
        return Preview("text", text, is_cut=is_cut)
    return Preview("table", rows=tuple(rows), is_cut=is_cut)
