"""The engine's loop on runs that go on where another failed, also when the engine dies in between."""

from __future__ import annotations

from tests.unit.engine.engine_bench import Bench
from tests.unit.engine.test_engine_driver import completes, data_step, launches, statuses

from lazulite.model.job import OutcomeStatus
from lazulite.model.run import Run, RunStatus


def failed_at_c(bench: Bench) -> Run:
    """A run of a → b → c whose last step failed. By their keys no step may be reused."""
    with bench.engine() as compute:
        edges = {"a": (), "b": ("a",), "c": ("b",)}
        steps = [data_step(bench, name, *before, allow_reuse=False) for name, before in edges.items()]
        run = bench.submit(*steps)
        completes(compute, compute.job("a"), "a")
        completes(compute, compute.job("b"), "b")
        compute.end(compute.job("c"), OutcomeStatus.FAILED, error="as asked")
        assert bench.ended(run).status is RunStatus.FAILED
        compute.launched.clear()
    return run


def again(bench: Bench, run: Run, anew: tuple[str, ...] = ()) -> Run:
    plan = bench.records.submission(run.workspace, run.id).plan
    return bench.submit(*plan.steps, resumes=run.id, anew=anew)


def sources(bench: Bench, run: Run) -> dict[str, str | None]:
    return {name: found.reused_run_id for name, found in bench.steps(run).items()}


def test_what_completed_is_taken_over_by_an_engine_and_by_the_next(bench: Bench) -> None:
    first = failed_at_c(bench)
    was = {name: found.id for name, found in bench.steps(first).items()}
    with bench.engine() as compute:
        second = again(bench, first)
        compute.job("c")
        compute.launched.clear()
    assert statuses(bench, second)["b"] is RunStatus.COMPLETED
    with bench.engine() as compute:  # the engine before died while c ran
        completes(compute, compute.job("c"))
        assert bench.ended(second).status is RunStatus.COMPLETED
    assert sources(bench, second) == {"a": was["a"], "b": was["b"], "c": None}
    assert {name for name, _ in launches(compute)} == {"c"}


def test_a_run_that_waited_for_an_engine_is_resumed_too(bench: Bench) -> None:
    first = failed_at_c(bench)
    second = again(bench, first)
    with bench.engine() as compute:
        completes(compute, compute.job("c"))
        assert bench.ended(second).status is RunStatus.COMPLETED
    assert sources(bench, second)["a"] is not None
    third = again(bench, second)  # takes over what the second took over, and names who did the work
    with bench.engine():
        assert bench.ended(third).status is RunStatus.COMPLETED
    was = {name: found.id for name, found in bench.steps(first).items()}
    assert sources(bench, third) == {"a": was["a"], "b": was["b"], "c": bench.steps(second)["c"].id}


def test_what_rests_on_other_data_than_then_runs_again(bench: Bench) -> None:
    first = failed_at_c(bench)
    with bench.engine() as compute:
        second = again(bench, first, anew=("a",))
        completes(compute, compute.job("a"), "something else")
        completes(compute, compute.job("b"), "b")
        completes(compute, compute.job("c"))
        assert bench.ended(second).status is RunStatus.COMPLETED
        third = again(bench, first, anew=("a",))
        compute.launched.clear()
        completes(compute, compute.job("a"), "a")  # the same as then: b can be taken over
        completes(compute, compute.job("c"))
        assert bench.ended(third).status is RunStatus.COMPLETED
    assert sources(bench, second) == {"a": None, "b": None, "c": None}
    assert sources(bench, third)["b"] == bench.steps(first)["b"].id
    decision = bench.records.decision(bench.ws, bench.steps(third)["a"].id)
    assert decision is not None
    assert decision.reason == "asked"
