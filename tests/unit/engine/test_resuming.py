"""What a run finds to take over in the run it resumes. Told on recorded runs; no step runs here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.engine.engine_bench import Bench

from lazulite.engine import rows
from lazulite.engine.resuming import Resumed, resumed_by
from lazulite.model.events import EventKind
from lazulite.model.plan import Input, Output, Plan, RunScript, Step, StepOutput
from lazulite.model.run import OutputRecord, Run, RunStatus, Submission
from lazulite.records.changes import Change


def step(node: str, name: str, *, after: str | None = None, outputs: tuple[str, ...] = ("data",)) -> Step:
    inputs = (Input("taken", StepOutput(after, "data")),) if after else ()
    return Step(
        node,
        name,
        "PythonScriptStep",
        RunScript("step.py"),
        "local",
        inputs=inputs,
        outputs=tuple(Output(output, "workspaceblobstore") for output in outputs),
    )


def output(content: str, name: str = "data") -> OutputRecord:
    return OutputRecord(name, "workspaceblobstore", f"azureml/{content}", content, "stat")


PLAN = Plan((step("1", "fold"), step("2", "fold"), step("3", "join", after="2")))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def first(bench: Bench) -> Run:
    """A run in which both folds completed and the step that joins them did too, reusing an earlier run."""
    run = bench.submit(*PLAN.steps)
    states = bench.records.states_of_steps(run.id)
    changes = [
        Change(
            state.id,
            EventKind.STATUS,
            status=RunStatus.COMPLETED,
            outputs=(output(f"from {state.node}"),),
        )
        for state in states[:2]
    ]
    (earlier, _, _) = bench.records.steps_of(bench.submit(*PLAN.steps).id)
    from lazulite.records.reuse import Candidate

    source = Candidate(earlier.id, "join", "9", earlier.root_id, (output("joined"),))
    bench.records.record(run.id, [*changes, rows.reused(states[2].id, source)])
    return run


def ids(bench: Bench, run: Run) -> list[str]:
    return [one.id for one in bench.records.steps_of(run.id)]


def test_steps_are_found_by_name_and_place_among_namesakes(bench: Bench, first: Run) -> None:
    here = Plan((step("a", "new"), step("b", "fold"), step("c", "fold"), step("d", "fold")))
    resumed = Resumed(bench.records, first.workspace, first.id, here)
    found = resumed.taken_over(here.steps, {})
    assert {node: one.source.id for node, one in found.items()} == dict(
        zip("bc", ids(bench, first), strict=False)
    )


def test_of_a_reused_step_its_source_is_taken_over(bench: Bench, first: Run) -> None:
    resumed = Resumed(bench.records, first.workspace, first.id, PLAN)
    joined = resumed.taken_over(PLAN.steps[2:], {("2", "data"): output("from 2")})["3"].source
    assert (joined.id, joined.node) == (bench.records.steps_of(first.id)[2].reused_run_id, "9")
    assert joined.outputs == (output("joined"),)


def test_what_other_steps_wrote_must_be_the_same(bench: Bench, first: Run) -> None:
    resumed = Resumed(bench.records, first.workspace, first.id, PLAN)
    assert resumed.taken_over(PLAN.steps[2:], {("2", "data"): output("something else")}) == {}


def test_an_output_that_is_new_is_written_first(bench: Bench, first: Run) -> None:
    more = Plan((step("1", "fold", outputs=("data", "more")), step("2", "fold", outputs=())))
    resumed = Resumed(bench.records, first.workspace, first.id, more)
    assert set(resumed.taken_over(more.steps, {})) == {"2"}


def test_steps_that_did_not_complete_are_not_taken_over(bench: Bench) -> None:
    run = bench.submit(*PLAN.steps)
    resumed = Resumed(bench.records, run.workspace, run.id, PLAN)
    assert resumed.taken_over(PLAN.steps[:2], {}) == {}


def test_a_run_that_is_gone_gives_nothing(bench: Bench, first: Run) -> None:
    submission = Submission("exp", PLAN)
    assert resumed_by(bench.records, first.workspace, submission) is None
    assert resumed_by(bench.records, first.workspace, replace(submission, resumes="gone")) is None
    assert resumed_by(bench.records, first.workspace, replace(submission, resumes=first.id)) is not None
