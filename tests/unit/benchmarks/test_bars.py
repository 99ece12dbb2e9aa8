"""Whether a bar is met."""

from __future__ import annotations

import pytest

from benchmarks.bars import BARS, Bar, bars_table
from benchmarks.measurements import data, subjects
from benchmarks.results import Results


def _bar(beginning: str) -> Bar:
    found = [bar for bar in BARS if bar.what.startswith(beginning)]
    assert len(found) == 1
    return found[0]


def _value(bound: float | None, *, at_least: bool = False) -> bool | None:
    return Bar("what", 2.0, "s", lambda _results: bound, at_least).is_met(Results())


def test_a_bar_is_met_at_its_bound_and_on_its_good_side() -> None:
    assert [_value(value) for value in (1.9, 2.0, 2.1, None)] == [True, True, False, None]
    assert [_value(value, at_least=True) for value in (1.9, 2.0, 2.1)] == [False, True, True]


def test_speed_against_copying_grows_when_uploading_gets_faster() -> None:
    results = Results()
    group = results.group(data.LARGE, "upload", "s", data.COPY)
    group.add(data.COPY, 1.0)
    group.add(data.UPLOAD, 2.0)
    assert _bar("upload of 1 GB").value(results) == 0.5
    assert _bar("upload of 1 GB").is_met(results) is False


def test_the_fastest_orchestrator_is_the_one_to_beat() -> None:
    results = Results()
    group = results.group("fan-out-cold", "fan-out", "s")
    bar = _bar("the same, warm, against the fastest orchestrator")
    assert bar.is_met(results) is None
    for subject, seconds in ((subjects.WARM, 3.0), ("Luigi", 6.0), ("DVC", 2.0), (subjects.MAKE, 1.0)):
        group.add(subject, seconds)
    assert bar.value(results) == 1.5
    assert bar.is_met(results) is False


def test_a_fresh_process_is_charged_with_all_but_the_bare_script() -> None:
    results = Results()
    group = results.group("fan-out-cpu", "processor time", "ms")
    for subject, value in (
        (subjects.part(subjects.FRESH, subjects.ENGINE_AND_NODES), 1.0),
        (subjects.part(subjects.FRESH, subjects.BELOW), 14.0),
        (subjects.SEQUENCE, 12.0),
    ):
        group.add(subject, value)
    assert _bar("processor time per step beyond").value(results) == pytest.approx(3.0)


def test_a_run_with_reduced_sizes_is_not_judged() -> None:
    results = Results(about={"reduced": True})
    results.group("fan-out-cached", "unchanged", "s").add(subjects.inner(subjects.WARM), 0.1)
    row = next(row for row in bars_table(results).splitlines() if "1,000 steps unchanged" in row)
    assert row.endswith("too small |")
    results.about["reduced"] = False
    row = next(row for row in bars_table(results).splitlines() if "1,000 steps unchanged" in row)
    assert row.split("|")[-2].strip() == "yes"


def test_every_bar_has_a_row_even_if_nothing_was_measured() -> None:
    rows = bars_table(Results()).splitlines()[2:]
    assert len(rows) == len(BARS)
    assert all("not measured" in row for row in rows)
