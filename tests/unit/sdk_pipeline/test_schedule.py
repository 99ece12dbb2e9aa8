"""v1's schedules: made, found, changed, run; what fires by itself is tested where the engine is."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from lazulite.model.schedule import Verdict
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.publishing.pipeline_endpoint import PipelineEndpoint
from lazulite.sdk.schedules.schedule import Schedule
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence
from lazulite.sdk.workspace import Workspace

NIGHTLY = ScheduleRecurrence("Day", 1, time_zone="Europe/Istanbul", time_of_day="02:30")


def test_a_schedule_has_all_that_v1_shows(
    shop: Workspace, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    published = pipeline.publish("words")
    capsys.readouterr()
    made = Schedule.create(
        shop,
        "nightly",
        published.id,
        "nights",
        NIGHTLY,
        description="every night",
        pipeline_parameters={"word": "moon"},
        wait_for_provisioning=True,
        continue_on_step_failure=True,
    )
    assert (made.name, made.description, made.status) == ("nightly", "every night", "Active")
    assert (made.pipeline_id, made.pipeline_endpoint_id) == (published.id, None)
    assert (made.datastore_name, made.path_on_datastore, made.polling_interval) == (None, None, None)
    assert (made.experiment_name, made.pipeline_parameters) == ("nights", {"word": "moon"})
    assert made.continue_on_step_failure is True
    assert made.recurrence is not None
    assert vars(made.recurrence) == vars(NIGHTLY)
    assert made.next_run is not None
    assert made.next_run > datetime.now(timezone.utc)
    assert made.next_run.astimezone().utctimetuple()[3:5] == (23, 30)
    told = capsys.readouterr().out
    assert made.id in told
    assert "first run is due at" in told
    assert made.get_pipeline_runs() == []
    assert made.get_last_pipeline_run() is None
    assert str(Schedule.get(shop, made.id)) == str(made)


def test_schedules_are_listed(shop: Workspace, pipeline: Pipeline) -> None:
    published = pipeline.publish("words")
    endpoint = PipelineEndpoint.publish(shop, "word", "says words", pipeline=published)
    first = Schedule.create(shop, "first", published.id, "nights", NIGHTLY)
    second = Schedule.create_for_pipeline_endpoint(shop, "second", endpoint.id, "nights", NIGHTLY)
    assert second.pipeline_endpoint_id == endpoint.id
    first.disable()
    assert first.status == "Disabled"
    assert first.next_run is None
    assert [one.id for one in Schedule.list(shop)] == [second.id]
    assert [one.id for one in Schedule.get_all(shop, active_only=False)] == [second.id, first.id]
    assert [one.id for one in Schedule.get_schedules_for_pipeline_id(shop, published.id)] == [first.id]
    found = Schedule.get_schedules_for_pipeline_endpoint_id(shop, endpoint.id)
    assert [one.id for one in found] == [second.id]
    first.enable()
    assert first.next_run is not None
    second.delete()
    with pytest.raises(UserErrorException):
        Schedule.get(shop, second.id)


def test_a_schedule_is_updated(shop: Workspace, pipeline: Pipeline) -> None:
    made = Schedule.create(shop, "nightly", pipeline.publish("words").id, "nights", NIGHTLY)
    made.update(name="daily", pipeline_parameters={"times": 3}, status="Disabled", description="by day")
    again = Schedule.get(shop, made.id)
    for one in (made, again):
        assert (one.name, one.description, one.status) == ("daily", "by day", "Disabled")
        assert one.pipeline_parameters == {"times": 3}
        assert one.recurrence is not None
    made.update(datastore=shop.get_default_datastore(), path_on_datastore="in", polling_interval=7)
    assert made.recurrence is None
    assert (made.datastore_name, made.path_on_datastore) == ("workspaceblobstore", "in")
    made.update(batch=True, recursive=True)
    assert (made.polling_interval, made.batch, made.recursive) == (7, True, True)
    made.update(recurrence=ScheduleRecurrence("Hour", 3), status="Active")
    assert made.datastore_name is None
    assert made.recurrence is not None
    assert made.recurrence.frequency == "Hour"
    for wrong in ({"status": "On"}, {"polling_interval": 3}, {"recurrence": "daily"}):
        with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
            made.update(**wrong)


def test_what_v1_refused_is_refused(shop: Workspace, pipeline: Pipeline) -> None:
    published = pipeline.publish("words").id
    store = shop.get_default_datastore()
    for wrong in (
        {},
        {"recurrence": NIGHTLY, "datastore": store},
        {"recurrence": NIGHTLY, "path_on_datastore": "in"},
        {"recurrence": NIGHTLY, "polling_interval": 9},
        {"recurrence": NIGHTLY, "batch": True},
        {"datastore": store, "polling_interval": 0},
        {"datastore": store, "data_path_parameter_name": "word"},
        {"datastore": store, "path_on_datastore": "../up"},
        {"datastore": "nowhere"},
        {"recurrence": NIGHTLY, "pipeline_parameters": {"wrod": "x"}},
        {"recurrence": NIGHTLY, "pipeline_parameters": {"word": object()}},
        {"recurrence": NIGHTLY, "pipeline_parameters": ["word"]},
        {"recurrence": ScheduleRecurrence("Day", 1, time_zone="Europe/Atlantis")},
    ):
        with pytest.raises(UserErrorException):
            Schedule.create(shop, "nightly", published, "nights", **wrong)
    with pytest.raises(ValueError, match="no published_pipeline"):
        Schedule.create(shop, "nightly", "nothing", "nights", NIGHTLY)
    assert Schedule.list(shop) == []


def test_a_schedule_is_run_now(shop: Workspace, pipeline: Pipeline) -> None:
    made = Schedule.create(shop, "nightly", pipeline.publish("words").id, "nights", NIGHTLY)
    made.disable()
    run = made.run_now()
    run.wait_for_completion(show_output=False)
    assert run.get_status() == "Finished"
    last = made.get_last_pipeline_run()
    assert last is not None
    assert (last.id, last.experiment.name) == (run.id, "nights")
    assert [one.id for one in made.get_pipeline_runs()] == [run.id]
    assert made.checks()[0].verdict is Verdict.FIRED


FILE = """
Schedule:
    description: "Every Friday"
    recurrence:
        frequency: Week
        interval: 1
        start_time: 2019-06-07T10:50:00
        time_zone: UTC
        hours: [1]
        minutes: [0]
        time_of_day: null
        week_days: [Friday]
    pipeline_parameters: {"word": "weekend"}
    wait_for_provisioning: True
    datastore_name: ~
"""


def test_a_schedule_is_read_from_a_file(shop: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "schedule.yml"
    file.write_text(FILE)
    described = Schedule.load_yaml(shop, str(file))
    assert described["description"] == "Every Friday"
    assert described["recurrence"].week_days == ["Friday"]
    assert described["pipeline_parameters"] == {"word": "weekend"}
    for text in (
        "[",
        "a: 1",
        "Schedule: 3",
        "Schedule: {recurrence: {frequency: Week, interval: 1, often: yes}}",
    ):
        file.write_text(text)
        with pytest.raises(UserErrorException):
            Schedule.load_yaml(shop, str(file))
    with pytest.raises(UserErrorException, match="cannot be read"):
        Schedule.load_yaml(shop, str(tmp_path / "nothing.yml"))
