"""What a file looks like: the start of it, as a table, as text, as a picture, or as nothing that can be shown."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import PurePosixPath

from lazulite.server.portal.notebook_text import notebook_text

#: So much of a file is read for its preview.
READ_BYTES = 256 * 1024
ROWS, COLUMNS, CELL = 100, 40, 300
_SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
#: What a browser may be given to show, by the end of a file's name.
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".bmp": "image/bmp",
}


@dataclass(frozen=True)
class Preview:
    """One of: a table, a text, a picture (shown by its address), or none of these. `cut`: there is more."""

    kind: str
    text: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    cut: bool = False


def suffix_of(path: str) -> str:
    """The end of a file's name, in small letters."""
    return PurePosixPath(path).suffix.lower()


def preview(path: str, start: bytes, size: int) -> Preview:
    """Return the preview of a file of `size` bytes that begins with `start`."""
    suffix = suffix_of(path)
    if suffix in PICTURES:
        return Preview("picture")
    is_whole = len(start) >= size
    text = _decoded(start, is_whole=is_whole)
    if text is None:
        return Preview("binary")
    if suffix in _SEPARATORS:
        return _table(text, _SEPARATORS[suffix], is_whole=is_whole)
    if suffix == ".ipynb" and is_whole and (cells := notebook_text(text)) is not None:
        return Preview("text", cells)
    if suffix in (".json", ".ipynb", ".geojson") and is_whole:
        return Preview("text", _indented(text))
    return Preview("text", text, cut=not is_whole)


def _decoded(start: bytes, *, is_whole: bool) -> str | None:
    """The text that the bytes are, None if they are none. The last character may be cut in two."""
    if b"\0" in start:
        return None
    for lost in range(1 if is_whole else 4):
        try:
            return start[: len(start) - lost].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return None


def _table(text: str, separator: str, *, is_whole: bool) -> Preview:
    lines = text if is_whole else text[: text.rfind("\n") + 1] or text
    try:
        rows = []
        for row in csv.reader(io.StringIO(lines, newline=""), delimiter=separator):
            rows.append(tuple(cell[:CELL] for cell in row[:COLUMNS]))
            if len(rows) > ROWS + 1:
                break
    except csv.Error:
        return Preview("text", text, cut=not is_whole)
    if not rows:
        return Preview("text", text)
    cut = not is_whole or len(rows) > ROWS + 1
    return Preview("table", header=rows[0], rows=tuple(rows[1 : ROWS + 1]), cut=cut)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
