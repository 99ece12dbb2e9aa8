"""An engine without work gives back what it held of the database, and works on when there is work again."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event
from tests.unit.engine.engine_bench import Bench, step

from lazulite.engine import driver
from lazulite.model.run import RunStatus


def test_an_engine_that_rested_takes_the_next_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "REST_SECONDS", 0.05)
    monkeypatch.setattr(driver, "SAFETY_SECONDS", 0.1)
    closed: list[object] = []

    def note(connection: object, _record: object) -> None:
        closed.append(connection)

    with bench.engine() as compute:
        first = bench.submit(step("a", bench.snapshot))
        compute.end(compute.job("a"))
        assert bench.ended(first).status is RunStatus.COMPLETED

        event.listen(Engine, "close", note)
        try:
            compute.wait_for(lambda: bool(closed))
        finally:
            event.remove(Engine, "close", note)
        second = bench.submit(step("b", bench.snapshot, allow_reuse=False))
        compute.end(compute.job("b"))
        assert bench.ended(second).status is RunStatus.COMPLETED
