from __future__ import annotations

import pytest
from tests.unit.records.samples import add_pipeline, run, status

from lazulite.model.errors import Conflict
from lazulite.model.events import EventKind
from lazulite.model.run import RunError, RunPatch, RunStatus
from lazulite.records.records import Records


def test_names_and_tags_change_and_the_rest_stays(records: Records, ws: str) -> None:
    before = records.add_run(run(ws, display_name="old", description="kept", tags={"a": "1", "b": "2"}))
    after = records.patch_run(
        ws,
        before.id,
        RunPatch(display_name="new", set_tags={"a": "3", "c": "4"}, remove_tags=("b", "missing")),
    )
    assert (after.display_name, after.description) == ("new", "kept")
    assert after.tags == {"a": "3", "c": "4"}
    assert after.status is RunStatus.RUNNING
    assert records.run(ws, before.id) == after


def test_a_tag_both_removed_and_set_is_set(records: Records, ws: str) -> None:
    added = records.add_run(run(ws, tags={"a": "1"}))
    assert records.patch_run(ws, added.id, RunPatch(set_tags={"a": "2"}, remove_tags=("a",))).tags == {
        "a": "2"
    }


def test_properties_are_added_and_never_changed(records: Records, ws: str) -> None:
    added = records.add_run(run(ws))
    records.patch_run(ws, added.id, RunPatch(add_properties={"a": "1"}))
    records.patch_run(ws, added.id, RunPatch(add_properties={"a": "1", "b": "2"}))
    with pytest.raises(Conflict, match="property 'a' already, with the value '1'"):
        records.patch_run(ws, added.id, RunPatch(add_properties={"c": "3", "a": "9"}, set_tags={"t": "u"}))
    after = records.run(ws, added.id)
    assert after.properties == {"a": "1", "b": "2"}
    assert after.tags == {}  # all of a patch or nothing


def test_an_interactive_run_is_ended_by_its_owner_once(records: Records, ws: str) -> None:
    added = records.add_run(run(ws, status=RunStatus.NOT_STARTED))
    running = records.patch_run(ws, added.id, RunPatch(status=RunStatus.RUNNING))
    assert running.started_at is not None
    assert running.ended_at is None
    error = RunError("UserError", "no")
    failed = records.patch_run(ws, added.id, RunPatch(status=RunStatus.FAILED, error=error))
    assert (failed.status, failed.error, failed.started_at) == (RunStatus.FAILED, error, running.started_at)
    assert failed.ended_at is not None
    assert records.patch_run(ws, added.id, RunPatch(status=RunStatus.FAILED)) == failed
    with pytest.raises(Conflict, match="has ended as Failed"):
        records.patch_run(ws, added.id, RunPatch(status=RunStatus.COMPLETED))
    assert records.patch_run(ws, added.id, RunPatch(set_tags={"late": "yes"})).tags == {"late": "yes"}


def test_the_status_of_pipeline_and_step_runs_is_not_the_owners(records: Records, ws: str) -> None:
    pipeline, (step,) = add_pipeline(records, ws, "a")
    for one in (pipeline, step):
        with pytest.raises(Conflict, match="cannot be set"):
            records.patch_run(ws, one.id, RunPatch(status=RunStatus.COMPLETED))


def test_cancellation_of_a_pipeline_run_is_asked_once(records: Records, ws: str) -> None:
    pipeline, (step, _) = add_pipeline(records, ws, "a", "b")
    records.request_cancel(ws, pipeline.id)
    records.request_cancel(ws, pipeline.id)
    asked = [event for event in records.events(pipeline.id) if event.kind is EventKind.CANCEL_REQUESTED]
    assert [event.subject for event in asked] == [pipeline.id]
    assert records.run(ws, pipeline.id).status is RunStatus.CANCEL_REQUESTED
    assert records.run(ws, step.id).status is RunStatus.NOT_STARTED


def test_cancellation_of_a_step_stands_in_the_events_of_its_pipeline_run(records: Records, ws: str) -> None:
    pipeline, (first, second) = add_pipeline(records, ws, "a", "b")
    records.request_cancel(ws, first.id)
    event = records.events(pipeline.id)[-1]
    assert (event.kind, event.subject) == (EventKind.CANCEL_REQUESTED, first.id)
    assert records.run(ws, first.id).status is RunStatus.CANCEL_REQUESTED
    assert records.run(ws, pipeline.id).status is RunStatus.NOT_STARTED
    assert records.run(ws, second.id).status is RunStatus.NOT_STARTED


def test_cancellation_leaves_an_ended_run_as_it_is(records: Records, ws: str) -> None:
    pipeline, _ = add_pipeline(records, ws)
    records.record(pipeline.id, [status(pipeline, RunStatus.COMPLETED)])
    before = records.events(pipeline.id)
    records.request_cancel(ws, pipeline.id)
    assert records.events(pipeline.id) == before
    assert records.run(ws, pipeline.id).status is RunStatus.COMPLETED


def test_an_interactive_run_is_canceled_at_once(records: Records, ws: str) -> None:
    added = records.add_run(run(ws))
    records.request_cancel(ws, added.id)
    after = records.run(ws, added.id)
    assert after.status is RunStatus.CANCELED
    assert after.ended_at is not None
