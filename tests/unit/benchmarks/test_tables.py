"""Numbers and tables of the report."""

from __future__ import annotations

import pytest

from benchmarks.results import Group
from benchmarks.tables import group_table, number, table, times


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0.000"),
        (0.01234, "0.012"),
        (0.9994, "0.999"),
        (0.9996, "1.00"),
        (1.234, "1.23"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (99.96, "100"),
        (123.4, "123"),
        (12345.6, "12,346"),
    ],
)
def test_numbers_have_three_digits_that_count(value: float | None, text: str) -> None:
    assert number(value) == text


def test_ratios_end_in_x() -> None:
    assert times(1.25) == "1.25x"
    assert times(None) == "–"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    lines = table(("a", "long head"), [("first | cell", "1"), ("b", "22")]).splitlines()
    assert lines == [
        "| a             | long head |",
        "| ------------- | --------: |",
        "| first \\| cell |         1 |",
        "| b             |        22 |",
    ]


def test_a_group_shows_ratios_and_says_why_a_figure_is_missing() -> None:
    group = Group("title", "s", baseline="make")
    group.add("make", 2.0)
    group.add("make", 4.0)
    group.note("slow", "> 180 s")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in group_table(group).splitlines()]
    assert rows[0] == ["", "median, s", "min – max", "n", "x make"]
    assert rows[2:] == [
        ["make", "3.00", "2.00 – 4.00", "2", "1.00x"],
        ["slow", "> 180 s", "–", "0", "–"],
    ]


def test_long_reasons_stand_below_the_table_once_for_all() -> None:
    group = Group("title", "s")
    group.add("make", 2.0)
    group.note("one", "cannot be installed here")
    group.note("two", "cannot be installed here")
    text = group_table(group)
    assert text.endswith("\n\n- one, two: cannot be installed here")
    assert "| one" not in text


def test_columns_of_words_are_aligned_to_the_left() -> None:
    assert table(("a", "b"), [("x", "long word")], figures=False).splitlines()[2] == "| x   | long word |"
    assert ":" not in table(("a", "b"), [("x", "y")], figures=False)


def test_a_group_without_baseline_and_notes_has_no_columns_for_them() -> None:
    group = Group("title", "ms")
    group.add("one", 2.0)
    assert group_table(group).splitlines()[0].count("|") == len(["", "median", "spread", "n"]) + 1
