"""Deciding the reuse of many steps at once: the same answers as one by one, for the price of a few queries."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engine.counting import statements
from tests.unit.engine.engine_bench import Bench, step

from lazulite.engine.forecasting import forecast
from lazulite.engine.reuse import Found, Reuse
from lazulite.model.assets import Asset, AssetKind, Datastore
from lazulite.model.codec import to_data
from lazulite.model.errors import NotFound
from lazulite.model.job import OutcomeStatus
from lazulite.model.plan import DataSource, Input, Literal, Output, Plan, Step, StepOutput
from lazulite.model.run import OutputRecord, Run, RunKind, RunQuery, RunStatus, Submission
from lazulite.storage.remote.failures import Unreachable
from lazulite.storage.versions import content_version

STORE = "workspaceblobstore"


def made(name: str, snapshot: str, **options: object) -> Step:
    return step(name, snapshot, outputs=(Output("o", STORE),), **options)


def finish(bench: Bench, run: Run, names: Sequence[str]) -> None:
    """Let all steps of a run write their output and complete."""
    for name in names:
        job = bench.compute.job(name)
        place = Path(job.datastores[STORE].folder, job.outputs[0].path)
        place.mkdir(parents=True)
        (place / "data.txt").write_text(name)
        version = content_version(place)
        record = OutputRecord("o", STORE, job.outputs[0].path, version.content, version.stat, version.files)
        bench.compute.end(job, OutcomeStatus.COMPLETED, [record])
    assert bench.ended(run).status is RunStatus.COMPLETED


def decide(bench: Bench, steps: Sequence[Step], **options: object) -> dict[str, object]:
    submission = Submission("bench", Plan(tuple(steps)), **options)  # type: ignore[arg-type]
    return dict(Reuse(bench.home, bench.records, bench.ws).decide(submission, steps, {}))


@pytest.fixture
def history(bench: Bench) -> Bench:
    """A bench where steps a to f ran once, and a and b twice; the output of c is gone, that of d is altered."""
    for names in ("abcdef", "ab"):
        bench.compute.launched.clear()
        with bench.engine():
            run = bench.submit(*(made(name, bench.snapshot) for name in names), regenerate_outputs=True)
            finish(bench, run, names)
            for name, said in (("c", None), ("d", "altered")):
                output = bench.records.outputs(bench.ws, bench.steps(run)[name].id) if name in names else ()
                for one in output:
                    place = bench.home.datastore(bench.ws, STORE) / one.path / "data.txt"
                    place.unlink() if said is None else place.write_text(said)
    return bench


VARIANTS = st.fixed_dictionaries(
    {
        "allow_reuse": st.booleans(),
        "version": st.sampled_from([None, None, "2"]),
        "arguments": st.sampled_from([(), (), (Literal("--x"),)]),
        "inputs": st.sampled_from(
            [(), (), (Input("raw", DataSource(STORE, "raw")),), (Input("no", DataSource("no such", "raw")),)]
        ),
    }
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.lists(st.tuples(st.sampled_from("abcdefgh"), VARIANTS), min_size=1, max_size=8),
    forced=st.booleans(),
)
def test_many_at_once_are_decided_as_one_by_one(
    history: Bench, chosen: list[tuple[str, dict[str, object]]], forced: bool
) -> None:
    steps = [
        Step(**{**vars(made(name, history.snapshot, **options)), "node": f"node-{place}"})
        for place, (name, options) in enumerate(chosen)
    ]
    together = decide(history, steps, regenerate_outputs=forced)
    single = {}
    for one in steps:
        single.update(decide(history, [one], regenerate_outputs=forced))
    assert {node: repr(answer) for node, answer in together.items()} == {
        node: repr(answer) for node, answer in single.items()
    }
    assert together.keys() == {one.node for one in steps}


def test_the_reasons_are_told(history: Bench) -> None:
    answers = decide(
        history,
        [made(name, history.snapshot) for name in "abcdefg"]
        + [made("h", history.snapshot, allow_reuse=False)],
    )
    reasons = {node: answer.decision.reason for node, answer in answers.items() if isinstance(answer, Found)}
    # All of a to f are the same work under different names.
    assert reasons == {**dict.fromkeys("abcdefg", "same-key"), "h": "not-allowed"}
    newest = {step.name: step.id for step in history.records.steps_of(_runs(history)[0].id)}
    for name in "ab":
        found = answers[name]
        assert isinstance(found, Found)
        assert found.decision.candidate == newest[name]


def _runs(bench: Bench) -> tuple[Run, ...]:
    return bench.records.runs(bench.ws, RunQuery(kind=RunKind.PIPELINE))


def test_what_would_have_to_be_read_is_left_out_where_reading_is_not_allowed(history: Bench) -> None:
    reads = made("reads", history.snapshot, inputs=(Input("raw", DataSource(STORE, "raw")),))
    plan = Plan((made("a", history.snapshot), reads))
    reuse = Reuse(history.home, history.records, history.ws)
    answers = reuse.decide(Submission("bench", plan), plan.steps, {}, may_read=False)
    assert set(answers) == {"a"}


def test_a_level_costs_a_few_queries(history: Bench) -> None:
    # As many steps that are reused as steps that are not, whose nearest earlier runs are looked for.
    steps = [
        made(f"{name}{place}", history.snapshot, version=version)
        for place in range(500)
        for name, version in (("old", None), ("new", "2"))
    ]
    with statements() as few:
        decide(history, steps[:4])
    with statements() as many:
        answers = decide(history, steps)
    assert sum(answer.source is not None for answer in answers.values() if isinstance(answer, Found)) == 500
    assert len(many) == len(few)


def test_a_forecast_goes_through_the_plan_level_by_level(history: Bench) -> None:
    first = made("a", history.snapshot)
    second = made("new", history.snapshot, inputs=(Input("i", StepOutput("a", "o")),))
    third = made("last", history.snapshot, inputs=(Input("i", StepOutput("new", "o")),))
    reuse = Reuse(history.home, history.records, history.ws)
    told = forecast(reuse, Submission("bench", Plan((first, second, third))))
    assert [(node, decision.verdict) for node, decision in told.items()] == [
        ("a", "reused"),
        ("new", "run"),
        ("last", "unknown"),
    ]
    lost = made("lost", history.snapshot, inputs=(Input("raw", DataSource("no such", "raw")),))
    with pytest.raises(NotFound):
        forecast(reuse, Submission("bench", Plan((lost,))))


def test_a_datastore_that_does_not_answer_is_asked_once_for_all_steps(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    record = Datastore(
        "far", type="azure_blob", container_name="c", account_name="a", protocol="http", endpoint=f"127.0.0.1:{port}",
        auth="anonymous", options={"retry_seconds": "0.1"},
    )  # fmt: skip
    bench.service.put_asset(bench.ws, Asset(AssetKind.DATASTORE, "far", to_data(record)))
    steps = [
        made(name, bench.snapshot, inputs=(Input("raw", DataSource("far", name)),))
        for name in ("a", "b", "c")
    ]
    first, *others = decide(bench, steps).values()
    assert isinstance(first, Unreachable)
    assert [other is first for other in others] == [True, True]
