"""What the command line shows, without a system behind it."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.cli import display
from lazulite.cli.display import Column
from lazulite.model import amounts

COLUMNS = (Column("RUN", whole=True), Column("NAME"), Column("SIZE", right=True, whole=True))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (0.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (7380, "2 h 03 min"),
        (86400 * 4 + 3600, "4 d 01 h"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float | None, text: str) -> None:
    assert display.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (1_500_000, "1.5 MB"),
        (2 * 10**12, "2.00 TB"),
    ],
)
def test_sizes_read_as_people_say_them(count: int, text: str) -> None:
    assert amounts.size(count) == text


@given(st.integers(min_value=0, max_value=10**17))
@settings(deadline=None)
def test_a_size_never_shows_four_digits_before_the_point(count: int) -> None:
    number, unit = amounts.size(count).split(" ")
    assert float(number) < 1000 or unit == "TB"


def test_a_plain_table_cuts_nothing_and_has_one_line_per_row() -> None:
    rows = [("12345678", "a name [bold]with[/] brackets " * 10, "1 B"), ("abcdefgh", "b", "22 B")]
    lines = display.rendered_table(COLUMNS, rows, terminal=False, width=80).splitlines()
    assert len(lines) == 3
    assert lines[0].split() == ["RUN", "NAME", "SIZE"]
    assert rows[0][1].rstrip() in lines[1]
    assert all(line == line.rstrip() for line in lines)
    assert "\033" not in "".join(lines)


def test_a_table_fits_a_terminal_and_keeps_whole_columns_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    rows = [("12345678", "word " * 30, "1 B")]
    lines = display.rendered_table(COLUMNS, rows, terminal=True, width=40).splitlines()
    assert len(lines) > 3
    assert all(len(_bare(line)) <= 40 for line in lines)
    assert any("12345678" in line for line in lines)


def test_colour_follows_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    row = [("Failed", "x", "1 B")]
    assert "\033[1;31m" in display.rendered_table(COLUMNS, row, terminal=True, width=80)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[1;31m" not in display.rendered_table(COLUMNS, row, terminal=True, width=80)


def test_a_recorded_name_cannot_steer_the_terminal() -> None:
    assert (
        display.printable("evil\033[2Jname\a")
        == "evil\N{REPLACEMENT CHARACTER}[2Jname\N{REPLACEMENT CHARACTER}"
    )
    assert display.printable("größe\n\t日本") == "größe\n\t日本"


def test_json_is_json_whatever_was_logged(capsys: pytest.CaptureFixture[str]) -> None:
    display.show_json({"loss": [math.nan, 1.5], "bound": -math.inf, "name": "größe"})
    assert json.loads(capsys.readouterr().out) == {
        "loss": ["NaN", 1.5],
        "bound": "-Infinity",
        "name": "größe",
    }


def test_elapsed_counts_on_until_the_end_is_known() -> None:
    start = datetime.now(timezone.utc) - timedelta(seconds=60)
    assert display.elapsed(None, None) is None
    assert display.elapsed(start, start + timedelta(seconds=5)) == 5
    assert 59 < (display.elapsed(start, None) or 0) < 120


def test_facts_leave_out_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    display.show_facts([("Run", "1"), ("Compute", None), ("Description", "two\nlines"), ("Tags", "")])
    assert capsys.readouterr().out == "Run          1\nDescription  two\n             lines\n"


def _bare(line: str) -> str:
    import re

    return re.sub(r"\033\[[0-9;]*m", "", line)
