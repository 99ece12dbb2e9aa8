"""What an engine does about schedules: fires, misses, tells, and dies at every moment."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.unit.schedules.schedule_bench import BEGIN, DATASTORE, Killed, ScheduleBench, dying

from lazulite.model.assets import AssetKind
from lazulite.model.codec import to_data
from lazulite.model.publishing import PublishedStatus
from lazulite.model.schedule import (
    MISSED_SETTING,
    DataTrigger,
    Recurrence,
    Schedule,
    ScheduleStatus,
    Verdict,
)
from lazulite.model.values import DataPathValue
from lazulite.records import schedules as schedule_records

HOURLY = Recurrence("Hour")
FILES = DataTrigger(DATASTORE, "in", 5, "data")


def catches_up(bench: ScheduleBench) -> None:
    workspace = bench.records.workspace(bench.ws)
    bench.records.replace_workspace(replace(workspace, settings={MISSED_SETTING: "run-once"}))


# --- the clock ---


def test_it_fires_when_its_time_comes_and_not_before(bench: ScheduleBench) -> None:
    schedule = bench.put(HOURLY, parameters={"word": "timely"}, created_by="who")
    assert bench.engine.seconds() == 3600
    bench.passes(minutes=59)
    assert bench.runs() == []
    bench.passes(minutes=1)
    (run,) = bench.runs()
    assert (run.experiment, run.submitted_by) == ("scheduled", "who")
    assert (run.properties["runSource"], run.properties["azureml.scheduleid"]) == ("Schedule", schedule.id)
    assert bench.records.submission(bench.ws, run.id).parameters == {"word": "timely"}
    check = bench.checks(schedule)[-1]
    assert (check.verdict, check.run_ids, check.at) == (Verdict.FIRED, (run.id,), bench.now)
    assert check.reason == "It was due at 2026-03-01 13:00:00 (UTC)."
    state = bench.records.schedule_state(bench.ws, schedule.id)
    assert (state.next_at, state.last_fired_at) == (BEGIN + timedelta(hours=2), bench.now)
    bench.passes(minutes=60)
    assert bench.verdicts(schedule) == [Verdict.FIRED] * 2


def test_times_without_an_engine_are_missed_and_counted(bench: ScheduleBench) -> None:
    schedule = bench.put(HOURLY)
    bench.now += timedelta(hours=5, minutes=30)
    bench.restart()
    bench.look()
    assert bench.runs() == []
    check = bench.checks(schedule)[-1]
    assert (check.verdict, check.data) == (Verdict.MISSED, {"missed": 5})
    assert "2026-03-01 13:00:00 (UTC) to 2026-03-01 17:00:00 (UTC)" in check.reason
    bench.passes(minutes=30)
    assert bench.verdicts(schedule) == [Verdict.MISSED, Verdict.FIRED]


def test_one_run_makes_up_for_them_where_the_workspace_wants_it(bench: ScheduleBench) -> None:
    catches_up(bench)
    schedule = bench.put(HOURLY)
    bench.passes(hours=5, minutes=30)
    assert len(bench.runs()) == 1
    assert bench.verdicts(schedule) == [Verdict.MISSED, Verdict.FIRED]
    assert bench.checks(schedule)[-2].data == {"missed": 4}


def test_what_is_disabled_neither_fires_nor_misses(bench: ScheduleBench) -> None:
    schedule = bench.put(HOURLY)
    bench.passes(hours=1)
    bench.change(replace(schedule, status=ScheduleStatus.DISABLED))
    assert not bench.engine.is_needed
    assert bench.engine.seconds() is None
    bench.passes(hours=5, minutes=30)
    bench.change(schedule)
    assert bench.records.schedule_state(bench.ws, schedule.id).last_fired_at == BEGIN + timedelta(hours=1)
    bench.look()
    assert len(bench.runs()) == 1
    assert Verdict.MISSED not in bench.verdicts(schedule)
    bench.passes(minutes=30)
    assert len(bench.runs()) == 2


def test_a_schedule_changed_while_it_is_looked_at_is_looked_at_anew(
    bench: ScheduleBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = bench.put(HOURLY)
    genuine = bench.records.record_look

    def late(*arguments: object) -> bool:
        bench.change(replace(schedule, status=ScheduleStatus.DISABLED))
        return genuine(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.records, "record_look", late)
    bench.passes(hours=1)
    assert bench.runs() == []
    bench.look()
    assert bench.engine.seconds() is None


def test_a_deleted_schedule_is_forgotten(bench: ScheduleBench) -> None:
    schedule = bench.put(HOURLY)
    bench.records.remove_asset(bench.ws, AssetKind.SCHEDULE, schedule.id)
    bench.passes(hours=1)
    assert not bench.engine.is_needed
    assert bench.runs() == []


def test_a_disabled_pipeline_is_a_failed_look_in_words(bench: ScheduleBench) -> None:
    schedule = bench.put(HOURLY)
    asset = bench.records.asset(bench.ws, AssetKind.PUBLISHED_PIPELINE, bench.pipeline.id)
    disabled = replace(bench.pipeline, status=PublishedStatus.DISABLED)
    bench.records.put_asset(bench.ws, replace(asset, document=to_data(disabled)))
    bench.passes(hours=1)
    check = bench.checks(schedule)[-1]
    assert check.verdict is Verdict.FAILED
    assert "is disabled" in check.reason
    bench.records.put_asset(bench.ws, asset)
    bench.passes(hours=1)
    assert bench.verdicts(schedule) == [Verdict.FAILED, Verdict.FIRED]


def test_a_look_that_cannot_be_recorded_is_tried_again(
    bench: ScheduleBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.put(HOURLY)
    with monkeypatch.context() as broken:
        broken.setattr(bench.records, "record_look", lambda *_: 1 / 0)
        bench.passes(hours=1)
    assert "ZeroDivisionError" in bench.said[-1]
    assert bench.engine.seconds() == 5
    bench.engine.refresh()
    assert bench.engine.seconds() == 5
    bench.passes(seconds=5)
    assert len(bench.runs()) == 1


@settings(
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],  # each example takes long
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(["look", "before", "after"]), st.integers(0, 200)), max_size=12))
def test_whenever_the_engine_dies_each_time_is_met_once(
    bench: ScheduleBench, turns: list[tuple[str, int]]
) -> None:
    began = bench.now.replace(second=0)  # times are counted from the minute in which it was made
    schedule = bench.put(Recurrence("Minute", 7))
    due = 0
    ran = len(bench.runs())
    for what, seconds in [*turns, ("look", 0)]:
        bench.now += timedelta(seconds=seconds)
        due = (bench.now - began) // timedelta(minutes=7)
        if what == "look":
            bench.look()
        else:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(bench.records, "record_look", dying(bench.records.record_look, what))
                try:
                    bench.look()
                except Killed:
                    bench.restart()
    checks = bench.checks(schedule)
    fired = [run_id for check in checks for run_id in check.run_ids]
    assert len(fired) + sum(check.data.get("missed", 0) for check in checks) == due
    assert sorted(fired) == sorted(run.id for run in bench.runs()[ran:])
    bench.records.remove_asset(bench.ws, AssetKind.SCHEDULE, schedule.id)
    bench.engine.refresh()


# --- data ---


def test_each_changed_file_starts_a_run_of_its_own(bench: ScheduleBench) -> None:
    bench.write("in/old", "1")
    schedule = bench.put(FILES)
    bench.write("in/a", "1")
    bench.write("in/b", "1")
    bench.write("in/sub/deep", "1")
    bench.write("elsewhere", "1")
    bench.passes(minutes=5)
    assert bench.runs() == []
    assert "2 files changed: in/a, in/b" in bench.checks(schedule)[-1].reason
    assert bench.engine.seconds() == 30  # the second look comes sooner
    bench.passes(seconds=30)
    assert bench.given() == [DataPathValue(DATASTORE, "in/a"), DataPathValue(DATASTORE, "in/b")]
    assert bench.engine.seconds() == 300
    bench.passes(minutes=5)
    assert bench.verdicts(schedule) == [Verdict.NOTHING_NEW, Verdict.FIRED, Verdict.NOTHING_NEW]


def test_a_file_that_grows_is_waited_for(bench: ScheduleBench) -> None:
    bench.put(FILES)
    for text in ("1", "12", "123"):
        bench.write("in/a", text)
        bench.passes(minutes=5)
    assert bench.runs() == []
    bench.passes(minutes=5)
    assert bench.given() == [DataPathValue(DATASTORE, "in/a")]


def test_all_changes_of_a_look_are_one_run_if_that_is_wanted(bench: ScheduleBench) -> None:
    bench.put(replace(FILES, batch=True, recursive=True))
    for number in range(60):
        bench.write(f"in/sub/{number}", "1")
    bench.passes(minutes=5)
    bench.passes(seconds=30)
    assert bench.given() == [DataPathValue(DATASTORE, "in")]


def test_very_many_files_are_acted_on_look_by_look(bench: ScheduleBench) -> None:
    schedule = bench.put(FILES)
    for number in range(120):
        bench.write(f"in/{number}", "1")
    bench.passes(minutes=5)
    bench.passes(seconds=30)
    for _ in range(4):
        bench.look()
    assert len(set(bench.given())) == len(bench.runs()) == 120
    assert [len(check.run_ids) for check in bench.checks(schedule)][-3:] == [50, 50, 20]


@pytest.mark.parametrize("what", ["look", "before", "after"])
def test_whenever_the_engine_dies_each_file_is_acted_on_once(bench: ScheduleBench, what: str) -> None:
    bench.put(FILES)
    bench.write("in/a", "1")
    for moment, _ in product((what, "look"), range(3)):
        with pytest.MonkeyPatch.context() as patch:
            if moment != "look":
                patch.setattr(bench.records, "record_look", dying(bench.records.record_look, moment))
            try:
                bench.passes(minutes=5)
            except Killed:
                bench.restart()
    assert bench.given() == [DataPathValue(DATASTORE, "in/a")]


def test_a_disk_that_is_not_mounted_is_a_failed_look_and_brings_no_new_files(bench: ScheduleBench) -> None:
    bench.write("in/a", "1")
    schedule = bench.put(FILES)
    away = bench.data.with_name("away")
    bench.data.rename(away)
    bench.passes(minutes=5)
    assert "does not exist" in bench.checks(schedule)[-1].reason
    away.rename(bench.data)
    (bench.data / "in").rename(bench.data / "other")
    bench.passes(minutes=5)
    (bench.data / "other").rename(bench.data / "in")
    for _ in range(3):
        bench.passes(minutes=5)
    quiet = Verdict.NOTHING_NEW
    assert bench.verdicts(schedule) == [Verdict.FAILED, quiet, quiet, quiet, quiet]


def test_a_trigger_changed_while_its_files_are_listed_is_listed_anew(bench: ScheduleBench) -> None:
    bench.write("in/a", "1")
    schedule = bench.put(replace(FILES, path="nothing"))
    bench.now += timedelta(minutes=5)
    bench.engine.look()
    assert bench.listed.wait(30)
    bench.change(replace(schedule, trigger=FILES))
    bench.look()
    for _ in range(3):
        bench.passes(minutes=5)
    assert bench.runs() == []


def test_links_that_lead_out_of_the_datastore_are_not_followed(bench: ScheduleBench, tmp_path: Path) -> None:
    bench.put(FILES)
    secret = tmp_path / "secret"
    secret.write_text("1")
    (bench.data / "in").mkdir()
    (bench.data / "in/link").symlink_to(secret)
    (bench.data / "in/broken").symlink_to("nowhere")
    for _ in range(2):
        bench.passes(minutes=5)
    assert bench.runs() == []


# --- the record of looks ---


def test_quiet_looks_do_not_grow_without_bound(bench: ScheduleBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_records, "KEPT_QUIET", 3)
    monkeypatch.setattr(schedule_records, "KEPT", 2)
    schedule = bench.put(FILES)
    for number in range(8):
        bench.write("in/a", "1" * number)
        for _ in range(2):
            bench.passes(minutes=5)
    verdicts = [check.verdict for check in bench.checks(schedule)]
    assert verdicts.count(Verdict.NOTHING_NEW) == 3
    assert verdicts.count(Verdict.FIRED) == 2
    assert all(earlier.sequence < later.sequence for earlier, later in pairwise(bench.checks(schedule)))


def test_a_workspace_takes_its_schedules_with_it(bench: ScheduleBench) -> None:
    bench.put(HOURLY)
    bench.records.remove_workspace(bench.ws)
    shutil.rmtree(bench.home.workspace(bench.ws))
    bench.passes(hours=1)
    assert not bench.engine.is_needed
    assert bench.said == []


def test_a_schedule_is_a_document_like_any_other(bench: ScheduleBench) -> None:
    made = bench.put(HOURLY)
    asset = bench.service.get_asset(bench.ws, AssetKind.SCHEDULE, made.id)
    assert asset.document == to_data(made)
    assert isinstance(made, Schedule)
