"""A log of any size, read by line numbers without ever being loaded whole.

An index remembers how many lines end before every 256th kilobyte. It is made by counting line ends once, about a gigabyte
a second, and grows with the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: From offset, so many bytes → the bytes, fewer at the end of the file.
Reader = Callable[[int, int], bytes]
_CHUNK = 1 << 18
#: What one page costs at most, however long its lines are.
_MOST_BYTES = 4 << 20
_ERROR = re.compile(
    rb"^(?:\x1b\[[0-9;]*m)?(?:Traceback \(most recent call last\)|\[?(?:ERROR|FATAL|CRITICAL)\b|[\w.]*(?:Error|Exception)\b(?::|\s*$))"
    rb"|\b(?:ERROR|FATAL|CRITICAL)\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class LineIndex:
    """How many lines end before each chunk of a file, as far as it was counted. It never changes: several may read the
    same log at a time."""

    ends: tuple[int, ...] = (0,)
    size: int = 0

    def grown(self, read: Reader, size: int) -> LineIndex:
        """Return it with what was added; a file that became shorter is counted anew."""
        ends, known = ([0], 0) if size < self.size else (list(self.ends), self.size)
        while known < size:
            whole = known // _CHUNK
            data = read(whole * _CHUNK, _CHUNK)
            if whole * _CHUNK + len(data) <= known:
                break
            ends[whole + 1 :] = [ends[whole] + data.count(b"\n")]
            known = whole * _CHUNK + len(data)
        return LineIndex(tuple(ends), known)

    @property
    def lines(self) -> int:
        """Lines that are complete."""
        return self.ends[-1]


@dataclass(frozen=True)
class Page:
    """Lines of a log: the number of the first, from 1; the texts; how many there are in all, and bytes."""

    first: int
    lines: tuple[str, ...]
    total: int
    size: int

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1


class LogFile:
    """One log.

    Args:
        read: Reads a part of it.
        size: Its size now, in bytes.
        index: What is known of its lines. The attribute `index` is that, brought up to date.
    """

    def __init__(self, read: Reader, size: int, index: LineIndex | None = None) -> None:
        self._read = read
        self._size = size
        self.index = (index or LineIndex()).grown(read, size)
        self._is_open = bool(self.index.size) and read(self.index.size - 1, 1) != b"\n"

    @property
    def total(self) -> int:
        """How many lines it has; one that is not complete counts."""
        return self.index.lines + self._is_open

    def page(self, first: int, count: int, *, whole: bool = False) -> Page:
        """Return `count` lines from number `first` on (from 1; a negative number counts from the end).

        With `whole`, a last line that is not complete is left out.
        """
        total = self.index.lines if whole else self.total
        first = max(1, total + 1 + first if first < 0 else first)
        wanted = min(count, total - first + 1)
        if wanted <= 0:
            return Page(first, (), total, self._size)
        texts: list[str] = []
        used = 0
        for line in self._from(first):
            texts.append(line.decode(errors="replace"))
            used += len(line)
            if len(texts) == wanted or used > _MOST_BYTES:
                break
        return Page(first, tuple(texts), total, self._size)

    def find(self, text: str, limit: int = 1000) -> list[int]:
        """Return the numbers of the lines that hold `text`, whatever its case."""
        wanted = text.encode().lower()

        def places(block: bytes) -> Iterator[int]:
            # Ten times as fast as a regular expression that ignores case.
            block = block.lower()
            place = block.find(wanted)
            while place >= 0:
                yield place
                place = block.find(wanted, place + len(wanted))

        return self._matching(places, limit)

    def first_error(self) -> int | None:
        """Return the number of the first line that looks like an error, or None."""
        found = self._matching(lambda block: (match.start() for match in _ERROR.finditer(block)), 1)
        return found[0] if found else None

    def _matching(self, places: Callable[[bytes], Iterator[int]], limit: int) -> list[int]:
        """The numbers of the lines in which one of the places that `places` finds in a block of whole lines lies."""
        numbers: list[int] = []
        before, rest, offset = 1, b"", 0
        while offset < self._size and len(numbers) < limit:
            data = self._read(offset, _CHUNK)
            if not data:
                break
            offset += len(data)
            block = rest + data
            cut = len(block) if offset >= self._size or len(block) > _MOST_BYTES else block.rfind(b"\n") + 1
            block, rest = block[:cut], block[cut:]
            seen = 0
            for place in places(block):
                before += block.count(b"\n", seen, place)
                seen = place
                if not numbers or numbers[-1] != before:
                    numbers.append(before)
                if len(numbers) == limit:
                    return numbers
            before += block.count(b"\n", seen)
        return numbers

    def _from(self, first: int) -> Iterator[bytes]:
        """The lines from number `first` on, without their ends; of an endless one no more than a page."""
        chunk = max(0, bisect_left(self.index.ends, first - 1, hi=len(self.index.ends) - 1) - 1)
        skip = first - 1 - self.index.ends[chunk]
        offset, rest = chunk * _CHUNK, b""
        while offset < self._size:
            data = self._read(offset, _CHUNK)
            if not data:
                break
            offset += len(data)
            *lines, rest = (rest + data).split(b"\n")
            yield from lines[skip:]
            skip = max(0, skip - len(lines))
            if len(rest) > _MOST_BYTES and not skip:
                break
        if rest and not skip:
            yield rest
