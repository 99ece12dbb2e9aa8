"""The arithmetic of the benchmark's report: medians, ratios, and that nothing is lost on the way to JSON and back."""

from __future__ import annotations

import json

from benchmarks.results import Figure, Group, Results


def test_the_median_of_an_even_number_of_values_lies_between_the_middle_two() -> None:
    assert Figure([4.0, 1.0, 2.0, 10.0]).median == 3.0
    assert Figure([4.0, 1.0, 2.0]).median == 2.0


def test_the_spread_is_from_the_smallest_to_the_largest() -> None:
    assert Figure([4.0, 1.0, 2.0]).spread == (1.0, 4.0)


def test_what_was_not_measured_has_no_figures() -> None:
    group = Group("title", "s", baseline="make")
    group.note("slow", "> 180 s")
    group.add("make", 2.0)
    assert group.median("slow") is None
    assert group.ratio("slow") is None
    assert group.ratio("never heard of") is None
    assert group.figures["slow"].spread is None


def test_a_ratio_is_of_medians() -> None:
    group = Group("title", "s", baseline="make")
    for value in (1.0, 2.0, 9.0):
        group.add("make", value)
    group.add("ours", 1.0)
    assert group.ratio("ours") == 0.5
    assert group.ratio("make", "ours") == 2.0


def test_nothing_is_divided_by_zero() -> None:
    group = Group("title", "s", baseline="make")
    group.add("make", 0.0)
    group.add("ours", 1.0)
    assert group.ratio("ours") is None


def test_a_group_is_made_once() -> None:
    results = Results()
    results.group("key", "title", "s").add("one", 1.0)
    assert results.group("key", "title", "s").median("one") == 1.0
    assert results.median("key", "one") == 1.0
    assert results.median("other", "one") is None


def test_raw_figures_come_back_as_they_were() -> None:
    results = Results(about={"Python": "3.11"})
    group = results.group("key", "title", "ms", "base", "a text")
    group.add("base", 1.5)
    group.note("late", "> 180 s")
    assert Results.from_data(json.loads(json.dumps(results.to_data()))) == results
