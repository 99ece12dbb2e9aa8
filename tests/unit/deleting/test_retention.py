"""Which runs rules let go, and the engine that applies them while it rests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from tests.unit.deleting.deleting_bench import DeletingBench

from lazulite.engine import driver
from lazulite.engine.housekeeping import Housekeeping
from lazulite.engine.retention import expired, read
from lazulite.model.deletion import RETENTION_SETTING, RetentionRule
from lazulite.model.errors import InvalidRequest
from lazulite.model.run import RunStatus
from lazulite.records.deleting import TopRun

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


def runs(*days: float, experiment: str = "x", status: str = "Completed") -> list[TopRun]:
    """Runs that ended so many days ago, named by that; newest first."""
    return [
        TopRun(
            f"{experiment}{day:g}", experiment, status, NOW - timedelta(days=day), NOW - timedelta(days=day)
        )
        for day in days
    ]


def gone(
    rules: list[RetentionRule], *those: TopRun, tags: dict[str, frozenset[str]] | None = None
) -> list[str]:
    return list(expired(rules, those, tags or {}, NOW))


def test_old_runs_go_but_for_the_newest_and_the_tagged() -> None:
    those = runs(1, 10, 31, 40, 50)
    assert gone([RetentionRule(30)], *those) == ["x31", "x40", "x50"]
    assert gone([RetentionRule(30, keep_last=3)], *those) == ["x40", "x50"]
    tags = {"x40": frozenset({"keep"}), "x50": frozenset({"other"})}
    assert gone([RetentionRule(30, keep_tags=("keep",))], *those, tags=tags) == ["x31", "x50"]


def test_the_newest_are_those_of_each_experiment() -> None:
    those = [*runs(40, 50), *runs(45, 60, experiment="y")]
    assert gone([RetentionRule(30, keep_last=1)], *those) == ["x50", "y60"]


def test_the_first_rule_that_speaks_of_a_run_decides() -> None:
    rules = [
        RetentionRule(365, experiment="y"),
        RetentionRule(1, statuses=(RunStatus.FAILED,)),
        RetentionRule(30),
    ]
    those = [*runs(20, 40), *runs(40, experiment="y"), *runs(5, status="Failed", experiment="z")]
    assert gone(rules, *those) == ["x40", "z5"]


def test_what_has_not_ended_stays() -> None:
    active = TopRun("a", "x", "Running", NOW - timedelta(days=9), None)
    assert gone([RetentionRule(0)], active) == []


def test_rules_are_read_or_refused() -> None:
    assert read("") == ()
    assert read('[{"days": 3, "statuses": ["Failed"]}]') == (RetentionRule(3, statuses=(RunStatus.FAILED,)),)
    for text in (
        '{"a": 1}',
        "1",
        "[1]",
        '[{"days": "x"}]',
        '[{"days": 1, "keep_last": -1}]',
        '[{"days": 1e9}]',
        '[{"days": NaN}]',
    ):
        with pytest.raises(InvalidRequest):
            read(text)


def test_an_engine_applies_them_while_it_rests(bench: DeletingBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "REST_SECONDS", 0.05)
    monkeypatch.setattr(driver, "SAFETY_SECONDS", 0.05)
    old, _ = bench.ran()
    new, _ = bench.ran()
    marked, _ = bench.ran()
    bench.records.mark_deleted(bench.ws, [marked.id])
    record = bench.records.workspace(bench.ws)
    rules = '[{"days": 0, "keep_last": 1}]'
    bench.records.replace_workspace(replace(record, settings={RETENTION_SETTING: rules}))
    with bench.engine() as compute:
        compute.wait_for(lambda: bool(bench.records.audit()))
    assert bench.listed() == [new.id]
    (entry,) = bench.records.audit()
    assert (entry.principal, entry.operation, entry.workspace) == ("engine", "apply_retention", bench.ws)
    assert {old.id, marked.id} <= set(entry.data["run_ids"])


def test_rules_that_cannot_be_read_stop_nothing_else(bench: DeletingBench) -> None:
    record = bench.records.workspace(bench.ws)
    bench.records.replace_workspace(replace(record, settings={RETENTION_SETTING: "weekly"}))
    housekeeping = Housekeeping(bench.home, bench.records, bench.said.append)
    housekeeping._work()
    assert "could not be tidied" in bench.said[-1]
