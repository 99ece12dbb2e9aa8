from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from tests.unit.records.samples import NOON, add_pipeline, at, run, status, submission

from lazulite.model.errors import Conflict, NotFound
from lazulite.model.events import EventKind
from lazulite.model.ids import new_id
from lazulite.model.run import RunError, RunKind, RunQuery, RunStatus
from lazulite.records.records import Records


def test_a_run_comes_back_as_it_went_in(records: Records, ws: str) -> None:
    zone = timezone(timedelta(hours=3))
    given = run(
        ws,
        created_at=NOON.astimezone(zone),
        display_name="ad",
        description="açıklama",
        started_at=at(1),
        ended_at=at(2),
        tags={'odd "key".$[0]': "'value'", "": ""},
        properties={"p": "x" * 5000},
        error=RunError("Code", "message", "details"),
        target="cpu",
        artifact_datastore="workspaceblobstore",
        artifact_path="a/b",
        submitted_by="me",
        job="job-1",
        attempt=2,
    )
    added = records.add_run(given)
    assert added == replace(given, number=1, root_id=given.id)
    read = records.run(ws, given.id)
    assert read == added
    assert read.created_at.tzinfo is timezone.utc


def test_a_time_without_a_zone_is_refused(records: Records, ws: str) -> None:
    with pytest.raises(Exception, match="has no time zone"):
        records.add_run(run(ws, created_at=NOON.replace(tzinfo=None)))
    assert records.runs(ws, RunQuery()) == ()


def test_top_level_runs_of_an_experiment_are_counted(records: Records, ws: str) -> None:
    assert records.add_run(run(ws)).number == 1
    pipeline, steps = add_pipeline(records, ws, "a", "b")
    assert pipeline.number == 2
    assert [step.number for step in steps] == [0, 0]
    child = records.add_run(run(ws, parent_id=steps[0].id))
    assert child.number == 0
    assert child.root_id == pipeline.id
    assert records.add_run(run(ws, experiment="another")).number == 1
    assert records.add_run(run(ws)).number == 3


def test_a_pipeline_run_is_recorded_whole(records: Records, ws: str) -> None:
    pipeline, steps = add_pipeline(records, ws, "c", "a", "b", properties={"p": "q"})
    assert [step.name for step in steps] == ["c", "a", "b"]
    assert {step.root_id for step in steps} == {pipeline.id}
    assert {step.properties["p"] for step in steps} == {"q"}
    assert records.submission(ws, pipeline.id) == submission("c", "a", "b")
    (event,) = records.events(pipeline.id)
    assert (event.kind, event.subject, event.run_id) == (EventKind.SUBMITTED, pipeline.id, pipeline.id)
    with pytest.raises(NotFound, match="was not started from a pipeline"):
        records.submission(ws, steps[0].id)


def test_nothing_is_recorded_of_a_pipeline_run_with_a_taken_id(records: Records, ws: str) -> None:
    taken = records.add_run(run(ws))
    pipeline = run(ws, RunKind.PIPELINE)
    step = run(ws, RunKind.STEP, id=taken.id, parent_id=pipeline.id)
    with pytest.raises(Conflict, match="exists already"):
        records.add_pipeline_run(pipeline, [step], submission("a"))
    assert records.runs(ws, RunQuery()) == (taken,)
    assert records.events(pipeline.id) == ()
    assert records.add_run(run(ws)).number == 2  # nor was a number used up


def test_a_child_needs_its_parent(records: Records, ws: str) -> None:
    with pytest.raises(NotFound, match="has no run 'gone'"):
        records.add_run(run(ws, parent_id="gone"))


def test_a_missing_run_is_named_with_the_nearest(records: Records, ws: str) -> None:
    with pytest.raises(NotFound, match=r"workspace 'here' has no run 'x'\. It has no runs yet"):
        records.run(ws, "x")
    added = records.add_run(run(ws))
    with pytest.raises(NotFound, match=f"Did you mean '{added.id}'"):
        records.run(ws, added.id[:-1])
    with pytest.raises(NotFound, match="lazulite runs list"):
        records.run(ws, "x")


def test_active_runs_are_found_oldest_first(records: Records, ws: str, other: str) -> None:
    second, _ = add_pipeline(records, ws, "a", created_at=at(2))
    first, _ = add_pipeline(records, other, "a", created_at=at(1))
    third, _ = add_pipeline(records, ws, "a", created_at=at(2))
    ended, (step,) = add_pipeline(records, ws, "a", created_at=at(3))
    records.add_run(run(ws, created_at=at(4)))
    records.record(ended.id, [status(step, RunStatus.COMPLETED), status(ended, RunStatus.COMPLETED)])
    assert [one.id for one in records.active_pipeline_runs()] == [first.id, second.id, third.id]


def test_pages_are_newest_first(records: Records, ws: str) -> None:
    ids = [records.add_run(run(ws, created_at=at(minutes))).id for minutes in (5, 1, 9, 9, 3)]
    newest_first = [ids[3], ids[2], ids[0], ids[4], ids[1]]
    assert [one.id for one in records.runs(ws, RunQuery())] == newest_first
    assert [one.id for one in records.runs(ws, RunQuery(limit=2))] == newest_first[:2]
    assert [one.id for one in records.runs(ws, RunQuery(limit=2, offset=2))] == newest_first[2:4]
    assert [one.id for one in records.runs(ws, RunQuery(offset=4))] == newest_first[4:]
    assert records.runs(ws, RunQuery(limit=0)) == ()


def test_every_given_field_of_a_query_must_match(records: Records, ws: str) -> None:
    pipeline, (first, second) = add_pipeline(records, ws, "a", "b", experiment="one")
    lone = records.add_run(
        run(ws, target="cpu", tags={"color": "red", "note": ""}, properties={"color": "blue"})
    )
    records.record(pipeline.id, [status(first, RunStatus.FAILED)])

    def found(**fields: object) -> set[str]:
        return {one.id for one in records.runs(ws, RunQuery(**fields))}  # type: ignore[arg-type]

    assert found(experiment="one") == {pipeline.id, first.id, second.id}
    assert found(experiment="one", top_level=True) == {pipeline.id}
    assert found(kind=RunKind.STEP) == {first.id, second.id}
    assert found(parent_id=pipeline.id) == {first.id, second.id}
    assert found(root_id=pipeline.id) == {pipeline.id, first.id, second.id}
    assert found(statuses=(RunStatus.FAILED, RunStatus.RUNNING)) == {first.id, lone.id}
    assert found(target="cpu") == {lone.id}
    assert found(tags={"color": "red"}) == {lone.id}
    assert found(tags={"color": None, "note": ""}) == {lone.id}
    assert found(tags={"color": "blue"}) == set()
    assert found(properties={"color": "blue"}) == {lone.id}
    assert found(properties={"note": None}) == set()
    assert found(experiment="one", target="cpu") == set()


def test_many_runs_are_listed_with_the_labels_of_each(records: Records, ws: str) -> None:
    pipeline = run(ws, RunKind.PIPELINE)
    steps = [
        run(ws, RunKind.STEP, id=new_id(), name=f"s{n}", parent_id=pipeline.id, tags={"n": str(n)})
        for n in range(2500)
    ]
    records.add_pipeline_run(pipeline, steps, submission())
    read = records.steps_of(pipeline.id)
    assert [step.name for step in read] == [f"s{n}" for n in range(2500)]
    assert all(step.tags == {"n": step.name[1:]} for step in read)
