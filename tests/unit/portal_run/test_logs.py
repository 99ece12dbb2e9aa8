from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazulite.server.portal.run import ansi
from lazulite.server.portal.run.ansi import Piece, pieces
from lazulite.server.portal.run.log_file import LineIndex, LogFile


def log(data: bytes, index: LineIndex | None = None) -> LogFile:
    return LogFile(lambda offset, length: data[offset : offset + length], len(data), index)


def test_a_page_by_numbers() -> None:
    data = b"".join(b"line %d\n" % n for n in range(1, 200_001))
    file = log(data)
    assert file.total == 200_000
    assert file.page(1, 2).lines == ("line 1", "line 2")
    for first in (99_999, 131_072, 187_654):
        assert file.page(first, 3).lines == tuple(f"line {n}" for n in range(first, first + 3))
    tail = file.page(-2, 10)
    assert (tail.first, tail.lines, tail.last) == (199_999, ("line 199999", "line 200000"), 200_000)
    assert file.page(200_001, 5).lines == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.lists(st.sampled_from([b"\n", b"a", b"bb\n", b"\xff", b"x" * 300_000]), max_size=12).map(
        b"".join
    ),
    first=st.integers(1, 14),
)
def test_pages_are_what_splitting_the_whole_gives(data: bytes, first: int) -> None:
    lines = data.decode(errors="replace").split("\n")
    if lines[-1] == "":
        lines.pop()
    file = log(data)
    assert file.total == len(lines)
    assert list(file.page(first, 3).lines) == lines[first - 1 : first + 2]


def test_an_index_grows_with_the_file() -> None:
    index = LineIndex()
    data = b""
    for n in range(40):
        data += b"%d" % n + b"x" * 20_000 + b"\n"
        data += b"half"
        file = log(data, index)
        index = file.index
        assert file.total == n + 2
        assert file.page(-1, 1).lines == ("half",)
        assert file.page(1, 99, whole=True).total == n + 1
        data = data[:-4]
    assert log(b"new\n", index).page(1, 9).lines == ("new",), "a file that was replaced is read anew"


def test_one_who_counts_slowly_does_not_change_what_another_reads() -> None:
    data = b"".join(b"line %d\n" % n for n in range(1, 200_001))
    known = log(data[:1000]).index
    quick = log(data, known)
    seen: list[tuple[str, ...]] = []

    def slow(offset: int, length: int) -> bytes:
        seen.append(quick.page(199_999, 2).lines)
        return data[offset : offset + length]

    assert LogFile(slow, len(data), known).total == 200_000
    assert set(seen) == {("line 199999", "line 200000")}


def test_finding_text_and_the_first_error() -> None:
    data = (
        b"epoch 1\n" * 100_000
        + b"loss: 0.5, no Errors\nTraceback (most recent call last):\n  x\nValueError: no\nEPOCH 1"
    )
    file = log(data)
    assert file.find("loss:") == [100_001]
    assert file.find("epoch 1", limit=3) == [1, 2, 3]
    assert file.find("epoch 1", limit=10**6)[-1] == 100_005
    assert file.first_error() == 100_002
    assert log(b"fine\nall 0 errors\n").first_error() is None
    assert log(b"fine\n2026-01-01 ERROR disk\n").first_error() == 2
    assert log(b"x\nmy.pkg.SomeError: no\n").first_error() == 2


def test_a_log_of_100_mb_is_paged_without_being_held() -> None:
    block = b"".join(b"2026-01-01 12:00:00 worker %06d did something useful\n" % n for n in range(20_000))
    count = 100_000_000 // len(block) + 1
    size = count * len(block)
    read_bytes = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal read_bytes
        read_bytes += length
        start = offset % len(block)
        return (block[start:] + block)[: min(length, size - offset)]

    file = LogFile(read, size)
    assert file.total == count * 20_000
    read_bytes = 0
    began = time.process_time()
    file = LogFile(read, size, file.index)
    page = file.page(file.total // 2, 1000)
    assert len(page.lines) == 1000
    assert read_bytes < 2_000_000
    assert time.process_time() - began < 0.5


def test_colours_become_classes_and_markup_stays_text() -> None:
    assert pieces("\x1b[31;1mbad\x1b[0m <b>good</b>") == [
        Piece("bad", "ansi-red bold"),
        Piece(" <b>good</b>"),
    ]
    assert pieces("\x1b[38;5;200mpink\x1b[m \x1b[2Kgone\x1b]0;title\x07!") == [
        Piece("pink"),
        Piece(" "),
        Piece("gone"),
        Piece("!"),
    ]


def test_a_progress_bar_is_its_last_state() -> None:
    assert pieces(" 1%\r 50%\r100%\r\n") == [Piece("100%")]


def test_a_time_at_the_beginning_is_a_piece_of_its_own() -> None:
    assert pieces("2026-01-01T10:00:00.123Z hello") == [
        Piece("2026-01-01T10:00:00.123Z ", "stamp"),
        Piece("hello"),
    ]
    assert pieces("2026-01-01 10:00:00,123 hello")[0].look == "stamp"
    assert pieces("2026 is a year") == [Piece("2026 is a year")]


def test_a_long_line_is_cut_and_says_so() -> None:
    found = pieces("x" * 5000)
    assert len(found[0].text) == ansi.LONGEST
    assert "1,000 more" in found[1].text


@pytest.mark.parametrize("text", ["", "\x1b", "\x1b[", "\x1b[9999999999m", "\x1b[38m", "\x1b[38;2mx", "\0"])
def test_odd_control_is_taken(text: str) -> None:
    assert all(before.text for before, _ in pairwise(pieces(text + "a")))
