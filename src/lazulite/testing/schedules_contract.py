"""The part of the service's contract that is about schedules."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.ids import new_id
from lazulite.model.plan import Parameter, Plan
from lazulite.model.publishing import PIPELINE_ID, SCHEDULE_ID, Publication, PublishedStatus
from lazulite.model.run import Run, RunQuery, RunStatus
from lazulite.model.schedule import DataTrigger, Recurrence, Schedule, ScheduleCheck, ScheduleStatus, Verdict
from lazulite.model.values import DataPathValue
from lazulite.testing.publishing_contract import endpoint_of, published
from lazulite.testing.sample_runs import store_snapshot, submission, wait

#: About a second: as often as files may be looked at.
_SOON = 1 / 60


def schedule_of(pipeline: str, **more: object) -> Schedule:
    """A schedule that fires next in some hours."""
    given: dict[str, object] = {"recurrence": Recurrence("Day"), "parameters": {"word": "timely"}, **more}
    return Schedule(new_id(), "nightly", "scheduled", pipeline_id=pipeline, **given)  # type: ignore[arg-type]


def put(service: Service, workspace: str, schedule: Schedule) -> Schedule:
    """Create or change a schedule."""
    asset = service.put_asset(workspace, Asset(AssetKind.SCHEDULE, schedule.id, to_data(schedule)))
    return from_data(Schedule, asset.document)


def awaited(
    service: Service, workspace: str, schedule: Schedule, verdict: Verdict, seconds: float = 60
) -> ScheduleCheck:
    """Wait for a look of which that came, and return the newest one."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for check in service.list_schedule_checks(workspace, schedule.id):
            if check.verdict is verdict:
                return check
        time.sleep(0.02)
    told = "\n".join(str(check) for check in service.list_schedule_checks(workspace, schedule.id))
    raise AssertionError(f"no look was {verdict.value} within {seconds:g} s:\n{told}")


class SchedulesContract:
    """Tests of schedules; the fixtures are those of `ServiceContract`."""

    def test_a_schedule_is_made_looked_at_changed_and_deleted(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        made = put(service, workspace, schedule_of(pipeline.id))
        state = service.get_schedule_state(workspace, made.id)
        asset = service.get_asset(workspace, AssetKind.SCHEDULE, made.id)
        assert asset.created_at is not None
        assert state.next_at is not None
        assert 23 * 3600 < (state.next_at - asset.created_at).total_seconds() <= 24 * 3600
        assert state.last_fired_at is None
        assert service.list_runs(workspace, RunQuery()) == ()  # none at once, unlike v1's
        (check,) = service.list_schedule_checks(workspace, made.id)
        assert check.verdict is Verdict.NOTHING_NEW
        assert f"{state.next_at:%Y-%m-%d %H:%M}" in check.reason

        put(service, workspace, replace(made, description="new words"))
        assert service.get_schedule_state(workspace, made.id) == state
        disabled = put(service, workspace, replace(made, status=ScheduleStatus.DISABLED))
        assert service.get_schedule_state(workspace, made.id).next_at is None
        put(service, workspace, replace(disabled, status=ScheduleStatus.ACTIVE))
        assert service.get_schedule_state(workspace, made.id).next_at == state.next_at

        service.delete_asset(workspace, AssetKind.SCHEDULE, made.id)
        for look in (service.get_schedule_state, service.list_schedule_checks, service.run_schedule):
            with pytest.raises(errors.NotFound):
                look(workspace, made.id)

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda one: replace(one, recurrence=None),
            lambda one: replace(one, trigger=DataTrigger("workspaceblobstore")),
            lambda one: replace(one, recurrence=Recurrence("Year")),
            lambda one: replace(one, recurrence=Recurrence("Day", 0)),
            lambda one: replace(one, recurrence=Recurrence("Day", hours=(24,))),
            lambda one: replace(one, recurrence=Recurrence("Hour", minutes=(5,))),
            lambda one: replace(one, recurrence=Recurrence("Day", week_days=("Monday",))),
            lambda one: replace(one, recurrence=Recurrence("Week", week_days=("Mon",))),
            lambda one: replace(one, recurrence=Recurrence("Day", time_zone="Europe/Atlantis")),
            lambda one: replace(one, recurrence=Recurrence("Day", time_zone="../../etc/passwd")),
            lambda one: replace(one, recurrence=Recurrence("Day", start_time="noon")),
            lambda one: replace(one, recurrence=Recurrence("Day", start_time="2030-01-01T00:00:00+01:00")),
            lambda one: replace(one, recurrence=None, trigger=DataTrigger("nowhere")),
            lambda one: replace(one, recurrence=None, trigger=DataTrigger("workspaceblobstore", "../x")),
            lambda one: replace(
                one, recurrence=None, trigger=DataTrigger("workspaceblobstore", polling_minutes=0)
            ),
            lambda one: replace(
                one, recurrence=None, trigger=DataTrigger("workspaceblobstore", parameter="word")
            ),
            lambda one: replace(one, parameters={"wrod": "x"}),
            lambda one: replace(one, experiment="no/slash"),
            lambda one: replace(one, name=" "),
            lambda one: replace(one, pipeline_id="nothing"),
            lambda one: replace(one, pipeline_id=None),
            lambda one: replace(one, pipeline_id=None, endpoint_id="nothing"),
        ],
    )
    def test_what_cannot_be_followed_is_refused(
        self, service: Service, workspace: str, wrong: Callable[[Schedule], Schedule]
    ) -> None:
        good = schedule_of(published(service, workspace).id)
        with pytest.raises((errors.InvalidRequest, errors.NotFound)):
            put(service, workspace, wrong(good))
        assert service.list_assets(workspace, AssetKind.SCHEDULE) == ()

    def test_a_schedule_runs_when_asked(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        endpoint = endpoint_of(service, workspace, pipeline)
        made = put(
            service, workspace, replace(schedule_of(pipeline.id), pipeline_id=None, endpoint_id=endpoint.id)
        )
        next_at = service.get_schedule_state(workspace, made.id).next_at
        run = service.run_schedule(workspace, made.id)
        assert (run.experiment, run.properties[SCHEDULE_ID]) == ("scheduled", made.id)
        assert run.properties[PIPELINE_ID] == pipeline.id
        assert wait(service, workspace, run.id).status is RunStatus.COMPLETED
        assert service.get_submission(workspace, run.id).parameters == {"word": "timely"}
        newest = service.list_schedule_checks(workspace, made.id)[0]
        assert (newest.verdict, newest.run_ids) == (Verdict.FIRED, (run.id,))
        state = service.get_schedule_state(workspace, made.id)
        assert (state.next_at, state.last_fired_at) == (next_at, newest.at)

    def test_looks_are_listed_in_pages(self, service: Service, workspace: str) -> None:
        made = put(service, workspace, schedule_of(published(service, workspace).id))
        for status in (ScheduleStatus.DISABLED, ScheduleStatus.ACTIVE):
            put(service, workspace, replace(made, status=status))
        every = service.list_schedule_checks(workspace, made.id)
        assert [one.sequence for one in every] == sorted((one.sequence for one in every), reverse=True)
        first = service.list_schedule_checks(workspace, made.id, 2)
        rest = service.list_schedule_checks(workspace, made.id, 2, first[-1].sequence)
        assert first + rest == every
        with pytest.raises(errors.InvalidRequest):
            service.list_schedule_checks(workspace, made.id, 0)

    @pytest.mark.slow
    def test_a_file_that_changed_starts_a_run(self, service: Service, workspace: str) -> None:
        plan = submission(store_snapshot(service, workspace)).plan
        place = DataPathValue("workspaceblobstore", "in")
        plan = Plan(plan.steps, (*plan.parameters, Parameter("data", place)))
        pipeline = service.publish(workspace, Publication(plan, "reads"))
        trigger = DataTrigger("workspaceblobstore", "in", _SOON, "data")
        made = put(service, workspace, replace(schedule_of(pipeline.id), recurrence=None, trigger=trigger))
        service.put_file(workspace, "workspaceblobstore", "in/sub/deep.csv", io.BytesIO(b"no"))
        service.put_file(workspace, "workspaceblobstore", "in/a.csv", io.BytesIO(b"yes"))
        check = awaited(service, workspace, made, Verdict.FIRED)
        assert check.data["files"] == ["in/a.csv"]
        (run_id,) = check.run_ids
        wait(service, workspace, run_id)
        given = service.get_submission(workspace, run_id).parameters
        assert given == {"word": "timely", "data": DataPathValue("workspaceblobstore", "in/a.csv")}

    @pytest.mark.slow
    def test_what_stops_a_schedule_is_told_where_its_looks_are(
        self, service: Service, workspace: str
    ) -> None:
        pipeline = published(service, workspace)
        trigger = DataTrigger("workspaceblobstore", "", _SOON, recursive=True)
        made = put(service, workspace, replace(schedule_of(pipeline.id), recurrence=None, trigger=trigger))
        asset = service.get_asset(workspace, AssetKind.PUBLISHED_PIPELINE, pipeline.id)
        disabled = replace(pipeline, status=PublishedStatus.DISABLED)
        service.put_asset(workspace, replace(asset, document=to_data(disabled)))
        with pytest.raises(errors.Conflict):
            service.run_schedule(workspace, made.id)
        service.put_file(workspace, "workspaceblobstore", "in/a.csv", io.BytesIO(b"yes"))
        check = awaited(service, workspace, made, Verdict.FAILED)
        assert "disabled" in check.reason
        assert runs_of(service, workspace) == ()

    def test_schedules_are_of_their_workspace(self, service: Service, workspace: str, other: str) -> None:
        made = put(service, workspace, schedule_of(published(service, workspace).id))
        for look in (service.get_schedule_state, service.list_schedule_checks, service.run_schedule):
            with pytest.raises(errors.NotFound):
                look(other, made.id)
        with pytest.raises(errors.NotFound):
            put(service, other, made)


def runs_of(service: Service, workspace: str) -> tuple[Run, ...]:
    """The pipeline runs that schedules started."""
    return service.list_runs(workspace, RunQuery(properties={SCHEDULE_ID: None}))
