"""The engine's loop on its main roads: order, data between steps, losses, failures, cancellation, reuse, replacement."""

from __future__ import annotations

from collections.abc import Iterable

from tests.unit.engine.engine_bench import Bench, step
from tests.unit.engine.prompted_compute import PromptedCompute

from lazulite.engine.machine import MAX_ATTEMPTS
from lazulite.model.events import EventKind
from lazulite.model.job import Job, OutcomeStatus
from lazulite.model.plan import Input, Output, Step, StepOutput
from lazulite.model.run import OutputRecord, Run, RunStatus
from lazulite.storage.datastores import open_folder
from lazulite.storage.versions import content_version


def data_step(bench: Bench, name: str, *producers: str, **options: object) -> Step:
    """A step with an output `out`, which reads the outputs of `producers`."""
    inputs = tuple(Input(f"of_{other}", StepOutput(other, "out")) for other in producers)
    outputs = (Output("out", "workspaceblobstore"),)
    return step(name, bench.snapshot, inputs=inputs, outputs=outputs, **options)


def completes(compute: PromptedCompute, job: Job, text: str = "same") -> None:
    """The job's script writes its outputs, and ends well."""
    compute.end(job, outputs=list(written(job, text)))


def written(job: Job, text: str) -> Iterable[OutputRecord]:
    for item in job.outputs:
        path = open_folder(job.datastores[item.datastore]).resolve(item.path)
        path.mkdir(parents=True)
        (path / "text").write_text(text)
        now = content_version(path)
        yield OutputRecord(
            item.name, item.datastore, item.path, now.content, now.stat, now.files, now.bytes, True
        )


def statuses(bench: Bench, run: Run) -> dict[str, RunStatus]:
    return {name: found.status for name, found in bench.steps(run).items()}


def launches(compute: PromptedCompute) -> list[tuple[str, int]]:
    return [(job.step_name, job.attempt) for job in compute.launched]


def test_a_diamond_runs_in_its_order_and_hands_data_on(bench: Bench) -> None:
    with bench.engine() as compute:
        edges = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
        run = bench.submit(*(data_step(bench, name, *before) for name, before in edges.items()))
        completes(compute, compute.job("a"))
        b, c = compute.job("b"), compute.job("c")
        assert {job.step_name for job in compute.launched} == {"a", "b", "c"}
        completes(compute, c)
        completes(compute, b)
        last = compute.job("d")
        completes(compute, last)
        assert bench.ended(run).status is RunStatus.COMPLETED
    steps = bench.steps(run)
    assert [item.path for item in last.inputs] == [f"azureml/{steps[name].id}/out" for name in "bc"]
    assert [record.name for record in bench.records.outputs(bench.ws, steps["d"].id)] == ["out"]


def test_a_lost_step_is_tried_again_as_another_job_of_the_same_run(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        first = compute.job("a", 1)
        compute.lose(first)
        second = compute.job("a", 2)
        compute.end(second)
        assert bench.ended(run).status is RunStatus.COMPLETED
    assert first.id != second.id
    assert first.run_id == second.run_id
    lost = [event for event in bench.records.events(run.id) if event.kind is EventKind.LOST]
    assert [(event.data["job"], event.data["attempt"]) for event in lost] == [(first.id, 1)]
    assert lost[0].data["reason"] == "its machine is gone"


def test_a_step_that_is_lost_every_time_fails(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot), step("b", bench.snapshot, "a"))
        for attempt in range(1, MAX_ATTEMPTS + 1):
            compute.lose(compute.job("a", attempt))
        assert bench.ended(run).status is RunStatus.FAILED
        assert launches(compute) == [("a", attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]
    error = bench.steps(run)["a"].error
    assert error is not None
    assert error.code == "NodeLost"


def test_a_failing_step_ends_the_run_and_what_runs_beside_it(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(
            step("long", bench.snapshot), step("bad", bench.snapshot), step("after", bench.snapshot, "long")
        )
        long = compute.job("long")
        compute.end(compute.job("bad"), OutcomeStatus.FAILED)
        assert bench.ended(run).status is RunStatus.FAILED
        assert compute.canceled == [long.id]
    assert statuses(bench, run) == {
        "long": RunStatus.CANCELED,
        "bad": RunStatus.FAILED,
        "after": RunStatus.CANCELED,
    }


def test_other_branches_go_on_if_the_run_says_so(bench: Bench) -> None:
    with bench.engine() as compute:
        names = {"bad": (), "good": (), "after": ("bad",), "more": ("good",)}
        steps = [step(name, bench.snapshot, *before) for name, before in names.items()]
        run = bench.submit(*steps, continue_on_step_failure=True)
        compute.end(compute.job("bad"), OutcomeStatus.FAILED)
        compute.end(compute.job("good"))
        compute.end(compute.job("more"))
        assert bench.ended(run).status is RunStatus.FAILED
    assert statuses(bench, run) == {
        "bad": RunStatus.FAILED,
        "good": RunStatus.COMPLETED,
        "after": RunStatus.BYPASSED,
        "more": RunStatus.COMPLETED,
    }


def test_a_canceled_run_starts_nothing_more(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot), step("b", bench.snapshot, "a"))
        job = compute.job("a")
        bench.records.request_cancel(bench.ws, run.id)
        bench.wake()
        assert bench.ended(run).status is RunStatus.CANCELED
        assert compute.canceled == [job.id]
        assert launches(compute) == [("a", 1)]
    assert set(statuses(bench, run).values()) == {RunStatus.CANCELED}


def test_the_next_engine_launches_what_ran_and_repeats_nothing(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(
            *(data_step(bench, name, *before) for name, *before in (["a"], ["b", "a"], ["c", "b"]))
        )
        completes(compute, compute.job("a"))
        job = compute.job("b")
    with bench.engine() as compute:
        compute.wait_for(lambda: len(compute.launched) == 3)
        assert compute.launched[2] == job
        completes(compute, job)
        completes(compute, compute.job("c"))
        assert bench.ended(run).status is RunStatus.COMPLETED
    assert launches(compute) == [("a", 1), ("b", 1), ("b", 1), ("c", 1)]


def test_the_same_again_is_reused_until_an_output_was_altered(bench: Bench) -> None:
    steps = (data_step(bench, "a"), data_step(bench, "b", "a"))
    with bench.engine() as compute:
        first = bench.submit(*steps)
        for name in "ab":
            completes(compute, compute.job(name))
        bench.ended(first)
        second = bench.submit(*steps)
        assert bench.ended(second).status is RunStatus.COMPLETED
        sources = {name: found.id for name, found in bench.steps(first).items()}
        assert {name: found.reused_run_id for name, found in bench.steps(second).items()} == sources
        assert launches(compute) == [("a", 1), ("b", 1)]
        altered = bench.home.datastore(bench.ws, "workspaceblobstore") / f"azureml/{sources['b']}/out/text"
        altered.write_text("altered")
        third = bench.submit(*steps)
        compute.wait_for(lambda: len(compute.launched) == 3)
        assert compute.launched[2].step_name == "b"
        completes(compute, compute.launched[2])
        assert bench.ended(third).status is RunStatus.COMPLETED


def test_a_step_is_spared_if_what_it_reads_came_out_the_same(bench: Bench) -> None:
    steps = (data_step(bench, "a", allow_reuse=False), data_step(bench, "b", "a"))
    with bench.engine() as compute:
        for number, text in enumerate(("same", "same", "other")):
            run = bench.submit(*steps)
            count = number + 1
            compute.wait_for(lambda: launches(compute).count(("a", 1)) == count)  # noqa: B023 - called in this turn
            completes(compute, compute.launched[-1], text)
            if number != 1:
                compute.wait_for(lambda: compute.launched[-1].step_name == "b")
                completes(compute, compute.launched[-1], text)
            assert bench.ended(run).status is RunStatus.COMPLETED
    assert [name for name, _ in launches(compute)] == ["a", "b", "a", "a", "b"]
