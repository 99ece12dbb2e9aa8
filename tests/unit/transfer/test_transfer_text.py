"""Rows as text: what is written, what is read, and which line is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.transfer import text
from lazulite.worker.tasks.transfer.databases import name_parts
from lazulite.worker.tasks.transfer.rows import Rows
from lazulite.worker.tasks.transfer.text import Pulled, decoded, encoded


def rows(columns: Sequence[str], values: Sequence[Sequence[Any]]) -> Rows:
    return Rows("test", tuple(columns), values, str)


def written(columns: Sequence[str], *values: Sequence[Any]) -> str:
    return b"".join(encoded(rows(columns, values))).decode()


def read(data: str | bytes) -> Rows:
    return decoded(io.BytesIO(data.encode() if isinstance(data, str) else data), "x.csv")


def test_what_a_file_looks_like():
    found = written(
        ["id", "say", "at"],
        [1, 'a "b", c', datetime(2019, 5, 6, 7, 8)],  # noqa: DTZ001
        [Decimal("2.50"), "two\nlines", date(2019, 5, 6)],
        [None, "", True],
        [b"\x00\xff", "ü", {"a": [1]}],
        [Decimal("0E-8"), timedelta(days=1, hours=2), timedelta(seconds=-1, microseconds=-5)],
    )
    assert found == (
        "id,say,at\n"
        '1,"a ""b"", c",2019-05-06 07:08:00\n'
        '2.50,"two\nlines",2019-05-06\n'
        ',"",true\n'
        '\\x00ff,ü,"{""a"": [1]}"\n'
        "0.00000000,26:00:00,-00:00:01.000005\n"
    )


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine with other work
@given(
    st.lists(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2))
)
def test_what_was_written_is_read_again(values):
    assert [list(row) for row in read(written(["a", "b"], *values)).values] == values


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_another_reader_sees_the_same_texts(values):
    found = csv.reader(io.StringIO(written(["a", "b"], *values), newline=""), strict=True)
    assert list(found) == [["a", "b"], *values]


def test_a_single_column_of_nulls_is_empty_lines():
    assert written(["a"], [None], ["x"]) == "a\n\nx\n"
    assert list(read("a\n\nx\n").values) == [[None], ["x"]]


def test_other_line_ends_and_a_mark_at_the_beginning():
    found = read(b'\xef\xbb\xbfid,name\r\n1,"a\r\nb"\r\n2,\r\n3,c')
    assert found.columns == ("id", "name")
    assert list(found.values) == [["1", "a\r\nb"], ["2", None], ["3", "c"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no header"),
        ("a,,b\n", "no header"),
        ("a,a\n1,2\n", "Two columns of x.csv are called 'a'"),
        ("a,b\n1,2\n1\n", "Line 3 of x.csv has 1 fields; its header has 2"),
        ('a,b\n"x\ny",2\n1,2,3\n', "Line 4 of x.csv has 3 fields"),
        ('a,b\n1,"2\n', "Line 2 of x.csv opens a quote that nothing closes"),
        ('a,b\n1,"2"3\n', "Line 2 of x.csv has a quote inside a field"),
        ('a,b\n1,2"3"\n', "Line 2 of x.csv has a quote inside a field"),
        (b"a,b\n1,2\n\xff,3\n", "not UTF-8 text after line"),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_line(content, message):
    with pytest.raises(InvalidRequest, match=message):
        list(read(content).values)


def test_a_quote_that_nothing_closes_does_not_take_the_whole_file(monkeypatch):
    monkeypatch.setattr(text, "_LONGEST", 100)
    opened = io.BytesIO(b'a,b\n1,"open\n' + b"1,2\n" * 100_000)
    with pytest.raises(InvalidRequest, match=r"Line 2 of x.csv opens a quote that nothing closes"):
        list(decoded(opened, "x.csv").values)
    assert opened.tell() < 300_000
    with pytest.raises(InvalidRequest, match=r"Line 1 of x.csv has more than"):
        read("a" * 101)


def test_a_quoted_field_may_have_many_lines():
    lines = "some words in a line\n" * 50_000
    assert list(read(f'a\n"{lines}"\n').values) == [[lines]]


def test_a_row_is_called_by_its_line():
    found = read('a\n"x\ny"\nz\n')
    list(found.values)
    assert [found.place(0), found.place(1)] == ["x.csv, line 2", "x.csv, line 4"]


def test_a_file_is_pulled_in_pieces_of_any_size():
    pulled = Pulled([b"ab", b"", b"cdef"])
    assert [pulled.read(1), pulled.read(5), pulled.read(2), pulled.read(-1), pulled.read(3)] == [
        b"a",
        b"b",
        b"cd",
        b"ef",
        b"",
    ]
    assert pulled.bytes == 6


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("orders", ["orders"]),
        ("sales.orders", ["sales", "orders"]),
        ("[dbo].[My.Table]", ["dbo", "My.Table"]),
        ('"a.b" . c', ["a.b", "c"]),
    ],
)
def test_the_parts_of_a_tables_name(given, parts):
    assert name_parts(given) == parts


@pytest.mark.parametrize("given", ["", ".x", "x.", "[x", "a..b"])
def test_what_is_no_name_of_a_table(given):
    with pytest.raises(InvalidRequest):
        name_parts(given)
