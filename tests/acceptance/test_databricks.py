"""DatabricksSteps at a loopback Databricks, by the whole road: attach, submit, engine, job, service and back."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from lazulite.engine import process
from lazulite.testing.databricks_server import PENDING, RUNNING, SUCCESS, LoopbackDatabricks, State

pytestmark = pytest.mark.slow  # each step's process imports the client library, which takes seconds


@pytest.fixture
def databricks(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackDatabricks]:
    with LoopbackDatabricks.started() as found:
        monkeypatch.setenv("DATABRICKS_HOST", found.host)
        monkeypatch.setenv("DATABRICKS_TOKEN", found.token)
        yield found


@pytest.fixture
def bricks(home: Path, databricks: LoopbackDatabricks) -> Any:
    """A compute target of a new workspace, at the loopback."""
    from azureml.core import Workspace
    from azureml.core.compute import ComputeTarget, DatabricksCompute

    ws = Workspace.create("databricks", show_output=False)
    configuration = DatabricksCompute.attach_configuration("rg", "dbws", access_token="<token>")
    return ComputeTarget.attach(ws, "bricks", configuration)


def submit(bricks: Any, **given: Any) -> Any:
    """Submit a pipeline of one notebook; return the step's run, which may not have begun."""
    from azureml.core import Experiment
    from azureml.pipeline.core import Pipeline
    from azureml.pipeline.steps import DatabricksStep

    fixed = {"num_workers": 1, "notebook_path": "/Shared/n", "compute_target": bricks}
    step = DatabricksStep("notebook", **{**fixed, **given})
    return Experiment(bricks.workspace, "databricks").submit(Pipeline(bricks.workspace, steps=[step]))


def only_step(run: Any) -> Any:
    (step,) = run.get_steps()
    return step


def task_process() -> int:
    """The process of the step's task."""
    found = [
        one.pid
        for one in psutil.process_iter(["cmdline"])
        if "lazulite.worker.tasks" in (one.info["cmdline"] or []) and _is_mine(one)
    ]
    assert len(found) == 1, found
    return found[0]


def _is_mine(one: psutil.Process) -> bool:
    return one.environ().get("LAZULITE_HOME") == os.environ["LAZULITE_HOME"]


def test_a_step_runs_there_and_its_page_and_output_are_here(
    bricks: Any, databricks: LoopbackDatabricks
) -> None:
    from azureml.pipeline.core import PipelineParameter

    databricks.runs.plan(PENDING, RUNNING, SUCCESS, output={"notebook_output": {"result": "42 rows"}})
    run = submit(
        bricks,
        notebook_params={"day": PipelineParameter("day", "a;b=c")},
        run_name="demo",
        timeout_seconds=600,
    )
    assert run.wait_for_completion(show_output=False) == "Finished"
    (submitted,) = databricks.runs.submitted
    assert submitted.task["notebook_task"]["base_parameters"] == {"day": "a;b=c"}
    assert submitted.request["timeout_seconds"] == 600
    step = only_step(run)
    page = f"{databricks.host}/?o=1#job/1/run/{submitted.id}"
    assert step.properties["databricks.run_page"] == page
    assert "RUNNING: In run" in step.get_stdout_log()
    assert "logs/databricks/notebook_result.txt" in step.get_file_names()
    files = [path for path in Path(os.environ["LAZULITE_HOME"]).rglob("*") if path.is_file()]
    assert not [path for path in files if databricks.token.encode() in path.read_bytes()]


def test_a_failing_run_says_why_and_a_canceled_step_cancels_it(
    bricks: Any, databricks: LoopbackDatabricks
) -> None:
    trace = "Traceback (most recent call last):\nValueError: bad day"
    databricks.runs.plan(
        State("TERMINATED", "FAILED", "Workload failed"), output={"error": "bad", "error_trace": trace}
    )
    run = submit(bricks)
    assert run.wait_for_completion(show_output=False, raise_on_error=False) == "Failed"
    error = only_step(run).get_details()["error"]["error"]
    assert error["code"] == "DatabricksRunFailed"
    assert error["message"].startswith("The Databricks run of step 'notebook' failed: Workload failed.")
    databricks.runs.plan(PENDING, RUNNING)
    run = submit(bricks)
    databricks.wait_for(
        lambda: len(databricks.runs.submitted) == 2 and databricks.runs.submitted[1].looks > 1
    )
    run.cancel()
    assert run.wait_for_completion(show_output=False, raise_on_error=False) == "Canceled"
    assert databricks.runs.submitted[1].is_cancel_asked


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def kill_the_task(_: Path) -> None:
    _kill(task_process())


def kill_its_worker(_: Path) -> None:
    _kill(psutil.Process(task_process()).ppid())


def kill_the_engine_and_its_worker(home: Path) -> None:
    engine = process.about(process.home_of(str(home)))
    assert engine is not None
    _kill(engine.pid)
    kill_its_worker(home)


@pytest.mark.parametrize("kill", [kill_the_task, kill_the_engine_and_its_worker])
def test_a_run_goes_on_when_who_watches_it_is_killed_and_is_taken_up_again(
    bricks: Any, databricks: LoopbackDatabricks, home: Path, kill: Callable[[Path], None]
) -> None:
    databricks.runs.plan(PENDING, RUNNING)
    run = submit(bricks)
    databricks.wait_for(lambda: bool(databricks.runs.submitted) and databricks.runs.submitted[0].looks > 2)
    (submitted,) = databricks.runs.submitted
    kill(home)
    looks = submitted.looks
    process.ensure(process.home_of(str(home)))
    databricks.wait_for(lambda: submitted.looks > looks + 1, 120)
    submitted.states.append(SUCCESS)
    assert run.wait_for_completion(show_output=False) == "Finished"
    assert not submitted.is_cancel_asked
    assert len(databricks.paths("runs/submit")) == 1
