"""The command line on what goes on by itself and what is cleaned up: schedules, deletion, rules for old runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cli_calls import inside, program

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, Schedule, ScheduleRecurrence
from azureml.pipeline.steps import PythonScriptStep

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace, and a folder of one's own to call commands in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAZULITE_WORKSPACE", raising=False)
    return Workspace.create("upkeep")


@pytest.fixture
def pipeline(shop: Workspace, tmp_path: Path) -> Pipeline:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "say.py").write_text("print('said')\n")
    step = PythonScriptStep("say.py", compute_target="local", source_directory=str(tmp_path / "code"))
    return Pipeline(shop, [step])


def call(*arguments: str, code: int = 0) -> str:
    result = inside(arguments, Path.cwd(), os.environ)
    assert result.returncode == code, f"{arguments}\n{result.stdout}\n{result.stderr}"
    assert "Traceback" not in result.stderr
    return result.stderr if code else result.stdout


def data(*arguments: str) -> Any:
    return json.loads(call(*arguments, "--json"))


def test_schedules_are_shown_run_paused_and_deleted(shop: Workspace, pipeline: Pipeline) -> None:
    assert "has no schedules" in call("schedules", "list")
    published = pipeline.publish("words")
    recurrence = ScheduleRecurrence(
        "Week", 2, time_zone="Europe/Istanbul", week_days=["Monday"], time_of_day="06:30"
    )
    made = Schedule.create(shop, "weekly", published.id, "weeks", recurrence)
    files = Schedule.create(
        shop,
        "arriving",
        published.id,
        "weeks",
        datastore="workspaceblobstore",
        path_on_datastore="in",
        recursive=True,
    )
    listed = data("schedules", "list")
    assert [one["name"] for one in listed] == ["arriving", "weekly"]
    assert listed[1]["next_at"] is not None
    assert "every 2 weeks on Monday at 06:30 (Europe/Istanbul)" in call("schedules", "list")
    shown = call("schedules", "show", "arriving")
    assert "changes at workspaceblobstore/in and below, looked at every 5 min" in shown
    assert files.id in shown
    assert "is disabled" in call("schedules", "disable", made.id[:8])
    assert data("schedules", "show", "weekly")["next_at"] is None
    assert "is enabled" in call("schedules", "enable", "weekly")
    run_id = data("schedules", "run", "weekly")["run_id"]
    assert run_id in call("schedules", "checks", "weekly", "--limit", "1")
    assert [check["verdict"] for check in data("schedules", "checks", "weekly")] == [
        "fired",
        *["nothing-new"] * 3,
    ]
    call("runs", "wait", run_id)
    assert "say --yes" in call("schedules", "delete", "weekly", code=2)
    call("schedules", "delete", "weekly", "--yes")
    assert "no schedule 'weekly'" in call("schedules", "show", "weekly", code=3)
    Schedule.create(shop, "arriving", published.id, "weeks", recurrence)
    assert "Which schedule 'arriving'?" in call("schedules", "show", "arriving", code=2)


def test_a_stop_waits_for_the_engine_that_a_schedule_makes_it_start(
    shop: Workspace, pipeline: Pipeline
) -> None:
    Schedule.create(shop, "weekly", pipeline.publish("words").id, "weeks", ScheduleRecurrence("Week", 1))
    call("schedules", "checks", "weekly")
    for _ in range(2):
        assert "The engine has stopped" in program(("stop",), Path.cwd(), os.environ).stdout


def ran(pipeline: Pipeline, shop: Workspace, experiment: str) -> str:
    run = Experiment(shop, experiment).submit(pipeline, regenerate_outputs=True)
    run.wait_for_completion(show_output=False)
    return str(run.id)


def test_runs_and_experiments_are_deleted(shop: Workspace, pipeline: Pipeline) -> None:
    first, second, third = (ran(pipeline, shop, name) for name in ("one", "one", "two"))
    told = call("runs", "delete", first, "--dry-run")
    assert told.startswith("Would delete 1 run and free ")
    assert "of artifacts" in told
    assert "Would delete" in call("runs", "delete", first, code=2)
    assert data("runs", "delete", first[:8], "--yes")["run_ids"] == [first]
    assert [run["id"] for run in data("runs", "list")] == [third, second]
    assert data("experiments", "delete", "one", "--dry-run")["run_ids"] == [second]
    call("experiments", "delete", "one", "--yes")
    assert [one.name for one in Experiment.list(shop)] == ["two"]
    assert "'one'" in call("experiments", "delete", "one", "--yes", code=3)


def test_rules_are_set_shown_and_applied(shop: Workspace, pipeline: Pipeline) -> None:
    first, second = (ran(pipeline, shop, "one") for _ in range(2))
    assert "has no rules" in call("retention", "show")
    call("retention", "set", "--days", "0", "--keep-last", "1")
    call(
        "retention", "set", "--days", "365", "--experiment", "two", "--keep-tag", "keep", "--status", "Failed"
    )
    rules = data("retention", "show")
    assert [(rule["experiment"], rule["days"], rule["keep_last"]) for rule in rules] == [
        ("two", 365, 0),
        (None, 0, 1),
    ]
    assert "365 days" in call("retention", "show")
    assert data("retention", "apply", "--dry-run")["run_ids"] == [first]
    assert call("retention", "apply").startswith("Deleted 1 run; ")
    assert [run["id"] for run in data("runs", "list")] == [second]
    call("retention", "set", "--rules", json.dumps(rules[:1]))
    assert data("retention", "show") == rules[:1]
    assert "Expected JSON" in call("retention", "set", "--rules", "weekly", code=2)
    call("retention", "set", code=2)
    call("retention", "set", "--none")
    assert data("retention", "show") == []
