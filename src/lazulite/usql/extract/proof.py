"""When DuckDB's reader provably gives what the strict rules give, for these parameters and this very file.

The two agree where neither has to interpret anything:

- no escape character, a delimiter of one ASCII character, rows that end at newlines;
- every newline in the file is LF, or every one is CRLF; no row is empty (DuckDB passes those over); no NUL;
- where a row ends in a delimiter, every row has as many fields as there are columns (DuckDB passes over an empty field
  too many);
- no double quote has a meaning: `quoting` is off, or there is none, or each pair encloses a whole field within a row.

Looking for that costs a pass over the mapped file at the speed of memory. A file that DuckDB then still refuses (a wrong
number of columns, bytes that are no UTF-8) is given to the strict reader, which names the row.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.usql.extract.parameters import TextFormat

if TYPE_CHECKING:
    import numpy as np

_BLOCK = 1 << 24
_CACHED = 1 << 16  # what is made of such a piece is given to the next one and stays in the cache
_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D
_BOM = b"\xef\xbb\xbf"


def allows(format_: TextFormat) -> bool:
    """Whether the parameters by themselves allow DuckDB's reader."""
    return (
        format_.escape is None
        and format_.row_delimiter is None
        and format_.delimiter.isascii()
        and format_.delimiter not in '"\r\n\0'
    )


def quotes_of(plain: Path, format_: TextFormat, width: int) -> str | None:
    """`'"'` or `""`, the quote with which DuckDB has to read the file; None where the proof fails.

    `width` is the number of columns that the file is read with.
    """
    if plain.stat().st_size == 0:
        return None
    with plain.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        start = len(_BOM) if text[:3] == _BOM else 0
        delimiter = ord(format_.delimiter)
        if not _rows_are_plain(text, start):
            return None
        if not format_.quoting or text.find(b'"', start) < 0:
            return "" if _no_field_is_passed_over(text, start, delimiter, width) else None
        if _ends_in_delimiter(text, start, delimiter):
            return None
        return '"' if _quotes_enclose_fields(text, start, ord(format_.delimiter)) else None


def _rows_are_plain(text: mmap.mmap, start: int) -> bool:
    if text.find(b"\0", start) >= 0 or text[start : start + 1] in {b"\n", b"\r"} or start == len(text):
        return False
    if text.find(b"\r", start) < 0:
        return not _follow(text, start, _LF, _LF)
    if _follow(text, start, _LF, _CR):
        return False
    return _all_crlf(text)


def _all_crlf(text: mmap.mmap) -> bool:
    mixed = any(((before == _CR) != (behind == _LF)).any() for before, behind in _neighbours(text, 0))
    return not mixed and text[-1] != _CR


def _ends_in_delimiter(text: mmap.mmap, start: int, delimiter: int) -> bool:
    """Whether a row does."""
    return (
        text[-1] == delimiter or _follow(text, start, delimiter, _LF) or _follow(text, start, delimiter, _CR)
    )


def _follow(text: mmap.mmap, start: int, first: int, second: int) -> bool:
    """Whether a byte `second` stands right behind a `first`. A search for two bytes takes four times as long."""
    if text.find(bytes([second]), start) < 0:
        return False
    return any(((before == first) & (behind == second)).any() for before, behind in _neighbours(text, start))


def _neighbours(text: mmap.mmap, start: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The bytes and those behind them, in pieces."""
    import numpy as np

    whole = np.frombuffer(text, dtype=np.uint8)  # not in copies: their memory would be new for each
    for begin in range(start, len(text), _CACHED):
        block = whole[begin : begin + _CACHED + 1]
        yield block[:-1], block[1:]


def _no_field_is_passed_over(text: mmap.mmap, start: int, delimiter: int, width: int) -> bool:
    import numpy as np

    if not _ends_in_delimiter(text, start, delimiter):
        return True
    for block in _blocks_of_rows(text, start):
        if block is None:
            return False
        ends = np.flatnonzero(block == _LF)
        if block[-1] != _LF:
            ends = np.append(ends, block.size)
        before = np.searchsorted(np.flatnonzero(block == delimiter), ends)
        if (np.diff(before, prepend=0) != width - 1).any():
            return False
    return True


def _quotes_enclose_fields(text: mmap.mmap, start: int, delimiter: int) -> bool:
    return all(
        block is not None and _block_is_well_formed(block, delimiter)
        for block in _blocks_of_rows(text, start)
    )


def _blocks_of_rows(text: mmap.mmap, start: int) -> Iterator[np.ndarray | None]:
    """The text in pieces of whole rows; None for a row that is longer than a piece, and then no more."""
    import numpy as np

    while start < len(text):
        end = len(text) if start + _BLOCK >= len(text) else text.rfind(b"\n", start, start + _BLOCK) + 1
        if end == 0:
            yield None
            return
        yield np.frombuffer(text[start:end], dtype=np.uint8)
        start = end


def _block_is_well_formed(block: np.ndarray, delimiter: int) -> bool:
    """Whole rows in which quotes come in pairs, each opened at a field's start and closed at its end, or doubled."""
    import numpy as np

    quotes = np.flatnonzero(block == _QUOTE)
    if quotes.size % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    before = block[np.maximum(opening - 1, 0)]
    after = block[np.minimum(closing + 1, block.size - 1)]
    opens = (opening == 0) | np.isin(before, [delimiter, _LF, _QUOTE])
    closes = (closing == block.size - 1) | np.isin(after, [delimiter, _LF, _CR, _QUOTE])
    newlines = np.flatnonzero(block == _LF)
    in_one_row = np.searchsorted(newlines, opening) == np.searchsorted(newlines, closing)
    return bool(opens.all() and closes.all() and in_one_row.all())
