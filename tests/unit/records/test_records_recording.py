from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.records.samples import add_pipeline, output, status

from lazulite.model.errors import NotFound
from lazulite.model.events import EventKind
from lazulite.model.reuse import Difference, ReuseDecision
from lazulite.model.run import RunError, RunStatus
from lazulite.records.changes import Change
from lazulite.records.records import Records
from lazulite.records.reuse import Candidate, Earlier


def test_one_event_for_each_change_in_their_order(records: Records, ws: str) -> None:
    pipeline, (first, second) = add_pipeline(records, ws, "a", "b")
    changes = [
        status(pipeline, RunStatus.RUNNING),
        Change(first.id, EventKind.LAUNCHED, {"job": "j", "attempt": 1}, job="j", attempt=1, target="cpu"),
        status(second, RunStatus.QUEUED),
        status(first, RunStatus.RUNNING, properties={"a": "1"}),
    ]
    records.record(pipeline.id, changes)
    recorded = records.events(pipeline.id)[1:]
    assert [(event.subject, event.kind, event.data) for event in recorded] == [
        (change.subject, change.kind, change.data) for change in changes
    ]
    numbers = [event.sequence for event in recorded]
    assert numbers == sorted(set(numbers))
    assert records.events(pipeline.id, after=numbers[1]) == recorded[2:]
    assert records.events(pipeline.id, after=numbers[-1]) == ()
    records.record(pipeline.id, [])
    assert records.events(pipeline.id)[1:] == recorded
    run = records.run(ws, first.id)
    assert (run.status, run.job, run.attempt, run.target) == (RunStatus.RUNNING, "j", 1, "cpu")
    assert run.properties == {"a": "1"}


def test_event_data_come_back_as_json(records: Records, ws: str) -> None:
    pipeline, _ = add_pipeline(records, ws)
    data = {"error": RunError("Code", "message"), "steps": ("a", "b")}
    records.record(pipeline.id, [Change(pipeline.id, EventKind.STATUS, data)])
    event = records.events(pipeline.id)[-1]
    assert event.data["steps"] == ["a", "b"]
    assert event.data["error"]["message"] == "message"


def test_times_follow_from_the_status(records: Records, ws: str) -> None:
    pipeline, (step,) = add_pipeline(records, ws, "a")
    records.record(pipeline.id, [status(step, RunStatus.QUEUED)])
    assert records.run(ws, step.id).started_at is None
    records.record(pipeline.id, [status(step, RunStatus.PREPARING)])
    started = records.run(ws, step.id).started_at
    assert started is not None
    records.record(pipeline.id, [status(step, RunStatus.RUNNING)])
    error = RunError("ScriptFailed", "exit 1")
    records.record(pipeline.id, [status(step, RunStatus.FAILED, error=error)])
    ended = records.run(ws, step.id)
    assert (ended.started_at, ended.error) == (started, error)
    assert ended.ended_at is not None
    assert ended.ended_at >= started


def test_nothing_is_recorded_if_one_subject_is_unknown(records: Records, ws: str) -> None:
    pipeline, (step,) = add_pipeline(records, ws, "a")
    stranger, _ = add_pipeline(records, ws)
    before = records.events(pipeline.id)
    with pytest.raises(NotFound, match="has no step run"):
        records.record(pipeline.id, [status(step, RunStatus.RUNNING), status(stranger, RunStatus.RUNNING)])
    assert records.events(pipeline.id) == before
    assert records.run(ws, step.id).status is RunStatus.NOT_STARTED
    with pytest.raises(NotFound):
        records.record("gone", [status(step, RunStatus.RUNNING)])


def test_after_a_request_to_cancel_only_an_end_is_news(records: Records, ws: str) -> None:
    pipeline, (step,) = add_pipeline(records, ws, "a")
    records.request_cancel(ws, step.id)
    records.record(pipeline.id, [status(step, RunStatus.RUNNING)])
    run = records.run(ws, step.id)
    assert run.status is RunStatus.CANCEL_REQUESTED
    assert run.started_at is not None
    records.record(pipeline.id, [status(step, RunStatus.CANCELED)])
    assert records.run(ws, step.id).status is RunStatus.CANCELED


def test_decisions_outputs_and_keys(records: Records, ws: str) -> None:
    pipeline, (first, second) = add_pipeline(records, ws, "a", "b")
    decision = ReuseDecision(
        "run", "key-differs", {"code": "1"}, "key", first.id, (Difference("code", "1", None),)
    )
    assert records.decision(ws, first.id) is None
    written = (output("z", files=3, bytes=2**40), output("a", is_directory=True))
    done = status(first, RunStatus.COMPLETED, decision=decision, outputs=written, reusable_key="key")
    records.record(pipeline.id, [done])
    assert records.decision(ws, first.id) == decision
    assert records.outputs(ws, first.id) == written
    assert records.outputs_of_steps(pipeline.id) == {first.id: written}
    (candidate,) = records.reuse_candidates(ws, ["key", "no such key"])["key"]
    assert candidate == Candidate(first.id, "a", first.node, pipeline.id, written)
    records.record(pipeline.id, [status(second, RunStatus.COMPLETED, reused_run_id=first.id)])
    assert records.outputs(ws, second.id) == written
    records.record(pipeline.id, [Change(first.id, EventKind.STATUS, outputs=(output("new"),))])
    assert records.outputs(ws, first.id) == (output("new"),)


def test_candidates_are_the_newest_few(records: Records, ws: str) -> None:
    ids = []
    for _ in range(4):
        pipeline, (step,) = add_pipeline(records, ws, "a")
        records.record(pipeline.id, [status(step, RunStatus.COMPLETED, reusable_key="key")])
        ids.append(step.id)
    found = records.reuse_candidates(ws, ["key"], limit=3)
    assert [one.id for one in found["key"]] == ids[:0:-1]
    found = records.reuse_candidates(ws, ["key"], besides=pipeline.id, limit=3)
    assert [one.id for one in found["key"]] == ids[-2::-1]


def test_a_candidate_that_reuses_another_run_has_its_outputs(records: Records, ws: str) -> None:
    pipeline, (first, second, third) = add_pipeline(records, ws, "a", "b", "c")
    written = (output("o"),)
    changes = [
        status(first, RunStatus.COMPLETED, outputs=written),
        status(second, RunStatus.COMPLETED, reused_run_id=first.id, reusable_key="key"),
        status(third, RunStatus.COMPLETED, reusable_key="other"),
    ]
    records.record(pipeline.id, changes)
    found = records.reuse_candidates(ws, ["key", "other"])
    assert {key: [one.outputs for one in those] for key, those in found.items()} == {
        "key": [written],
        "other": [()],
    }


def test_earlier_runs_are_those_of_steps_that_really_ran(records: Records, ws: str) -> None:
    ran = []
    for n, how in enumerate(("ran", "reused", "failed", "ran", "undecided")):
        pipeline, (step,) = add_pipeline(records, ws, "a")
        records.record(
            pipeline.id,
            [
                status(
                    step,
                    RunStatus.FAILED if how == "failed" else RunStatus.COMPLETED,
                    decision=None if how == "undecided" else ReuseDecision("run", "first-run", {"n": n}),
                    reused_run_id="x" if how == "reused" else None,
                )
            ],
        )
        if how == "ran":
            ran.append(Earlier(step.id, {"n": n}))
    assert records.earlier_runs(ws, ["a", "b"]) == {"a": tuple(ran[::-1])}
    assert records.earlier_runs(ws, ["a"], limit=1) == {"a": (ran[-1],)}


def test_what_an_engine_asks_about_steps(records: Records, ws: str) -> None:
    pipeline, (a, b, c) = add_pipeline(records, ws, "a", "b", "c")
    stranger, _ = add_pipeline(records, ws, "x")
    error = RunError("ScriptFailed", "exit 1")
    records.record(pipeline.id, [status(c, RunStatus.FAILED, error=error)])
    records.record(
        pipeline.id, [status(a, RunStatus.FAILED), status(b, RunStatus.QUEUED, job="j", attempt=2)]
    )
    assert records.failures_of_steps(pipeline.id) == (("c", error), ("a", None))
    states = records.states_of_steps(pipeline.id)
    assert [(one.name, one.status, one.job, one.attempt) for one in states] == [
        ("a", RunStatus.FAILED, None, 0),
        ("b", RunStatus.QUEUED, "j", 2),
        ("c", RunStatus.FAILED, None, 0),
    ]
    for wanted in (b, stranger):
        records.request_cancel(ws, wanted.id)
    assert sorted(records.cancel_requests()) == sorted([(pipeline.id, b.id), (stranger.id, stranger.id)])
    records.record(pipeline.id, [status(b, RunStatus.CANCELED)])
    assert records.cancel_requests() == ((stranger.id, stranger.id),)


# --- an ended run stays ended ---

STATUSES = st.sampled_from(list(RunStatus))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(STATUSES, max_size=5), min_size=1, max_size=5), asks=st.integers(0, 5))
def test_the_first_end_is_the_last_word(
    records: Records, ws: str, batches: list[list[RunStatus]], asks: int
) -> None:
    pipeline, (step,) = add_pipeline(records, ws, "a")
    expected, ended_at = RunStatus.NOT_STARTED, None
    for place, batch in enumerate(batches):
        if place == asks:
            records.request_cancel(ws, step.id)
            expected = expected if expected.is_terminal else RunStatus.CANCEL_REQUESTED
        records.record(pipeline.id, [status(step, one) for one in batch])
        for one in batch:
            stays = expected.is_terminal or (expected is RunStatus.CANCEL_REQUESTED and not one.is_terminal)
            expected = expected if stays else one
        run = records.run(ws, step.id)
        assert run.status is expected
        assert (run.ended_at is not None) == expected.is_terminal
        assert ended_at in (None, run.ended_at)
        ended_at = run.ended_at
