"""What the engine's loop asks of the database and the disk: bounded by what happens, not by how many steps there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from tests.unit.engine.counting import statements
from tests.unit.engine.engine_bench import Bench, step

from lazulite.engine import outbox
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.plan import Literal, Step
from lazulite.model.run import RunStatus


def chain(bench: Bench, length: int) -> Iterator[Step]:
    """Steps that are different work, each after the one before."""
    for place in range(length):
        before = [f"s{place - 1}"] if place else []
        yield step(f"s{place}", bench.snapshot, *before, arguments=(Literal(str(place)),))


def test_ends_that_free_nobody_are_recorded_together(bench: Bench) -> None:
    count = 200
    with bench.engine() as compute:
        run = bench.submit(*(step(f"s{place}", bench.snapshot) for place in range(count)))
        jobs = [compute.job(f"s{place}") for place in range(count)]
        with statements() as said:
            for job in jobs:
                compute.start(job)
                compute.end(job)
            assert bench.ended(run).status is RunStatus.COMPLETED
    # Each of the 400 facts would be a transaction, if it were recorded for itself.
    assert len(said.beginning_with("INSERT INTO EVENTS")) < count / 4


def test_a_chain_is_recorded_once_for_each_step(bench: Bench) -> None:
    steps = list(chain(bench, 20))
    with statements() as said, bench.engine() as compute:
        run = bench.submit(*steps)
        for one in steps:
            compute.end(compute.job(one.name))
        assert bench.ended(run).status is RunStatus.COMPLETED
    # The submission and the start, then one for each end, with the decision and the launch that follow from it.
    assert len(said.beginning_with("INSERT INTO EVENTS")) == 2 + len(steps)


def test_a_long_chain_of_reused_steps_is_a_few_transactions(bench: Bench) -> None:
    steps = list(chain(bench, 300))
    with bench.engine() as compute:
        first = bench.submit(*steps)
        for one in steps:
            compute.end(compute.job(one.name))
        assert bench.ended(first).status is RunStatus.COMPLETED
        with statements() as said:
            again = bench.submit(*steps)
            assert bench.ended(again).status is RunStatus.COMPLETED
        assert all(one.reused_run_id for one in bench.records.steps_of(again.id))
    assert len(said.beginning_with("INSERT INTO EVENTS")) < len(steps) / 4


def test_only_outboxes_of_running_scripts_are_opened(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def note(path: str, mode: str) -> IO[Any]:
        opened.append(Path(path).parent.name)
        return open(path, mode)  # noqa: PTH123 - the one that is stood in for

    monkeypatch.setattr(outbox, "open", note, raising=False)
    with bench.engine() as compute:
        run = bench.submit(step("runs", bench.snapshot), step("waits", bench.snapshot))
        runs, waits = compute.job("runs"), compute.job("waits")
        compute.start(runs)
        compute.wait_for(lambda: opened.count(runs.id) > 2)
        assert waits.id not in opened
        compute.end(runs)
        compute.end(waits)
        assert bench.ended(run).status is RunStatus.COMPLETED
    assert opened.count(waits.id) == 1  # whatever it said before its end is taken in


def test_targets_and_datastores_are_not_looked_up_for_each_step(bench: Bench) -> None:
    with bench.engine() as compute, statements() as said:
        run = bench.submit(*chain(bench, 20))
        for place in range(20):
            compute.end(compute.job(f"s{place}"))
        assert bench.ended(run).status is RunStatus.COMPLETED
    by_name = [one for one in said if "assets" in one.lower() and "version desc" in one.lower()]
    assert len(by_name) < 10


def test_a_definition_that_changed_is_noticed_by_the_next_step(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(*chain(bench, 2))
        first = compute.job("s0")
        old = first.datastores["workspaceblobstore"]
        elsewhere = {"name": old.name, "type": "folder", "folder": str(bench.home.root / "elsewhere")}
        bench.records.put_asset(bench.ws, Asset(AssetKind.DATASTORE, old.name, document=elsewhere))
        compute.end(first)
        assert compute.job("s1").datastores[old.name].folder == elsewhere["folder"]
        compute.end(compute.job("s1"))
        assert bench.ended(run).status is RunStatus.COMPLETED
