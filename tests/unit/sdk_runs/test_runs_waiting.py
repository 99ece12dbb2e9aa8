"""Waiting for a run on a real service, while another thread writes its story."""

import json
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from lazulite.model.run import RunError, RunStatus
from lazulite.sdk.exceptions import ActivityFailedException, ExperimentExecutionException


def later(story: Sequence[Callable[[], object]], seconds: float = 0.1) -> threading.Thread:
    """Run each act of `story` a little after the one before."""

    def play():
        for act in story:
            time.sleep(seconds)
            act()

    thread = threading.Thread(target=play)
    thread.start()
    return thread


def test_status_changes_and_logs_are_printed_as_they_come(recorded, capsys):
    run = recorded.submit()
    thread = later(
        [
            lambda: recorded.status("", RunStatus.RUNNING),
            lambda: recorded.status("prepare", RunStatus.RUNNING),
            lambda: recorded.log("prepare", "first line\nhalf a "),
            lambda: recorded.log("prepare", "line\n"),
            lambda: recorded.status("train", RunStatus.RUNNING),
            lambda: (recorded.log("train", "from train\n"), recorded.log("prepare", "from prepare\nrest")),
            lambda: recorded.status("prepare", RunStatus.COMPLETED),
            lambda: recorded.status("train", RunStatus.COMPLETED),
            lambda: recorded.status("", RunStatus.COMPLETED),
        ],
        0.3,
    )
    assert run.wait_for_completion(show_output=True) == "Finished"
    thread.join()
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == f"PipelineRunId: {run.id}"
    assert {"first line", "half a line", "[train] from train", "[prepare] from prepare"} <= set(shown)
    assert "[prepare] rest" in shown
    order = [line for line in shown if "Status" in line]
    assert order == [
        "PipelineRun Status: NotStarted",
        "PipelineRun Status: Running",
        "StepRun( prepare ) Status: Running",
        "StepRun( train ) Status: Running",
        "StepRun( prepare ) Status: Finished",
        "StepRun( train ) Status: Finished",
        "PipelineRun Status: Finished",
        order[-1],
    ]
    assert order[-1].startswith("PipelineRun Status: Finished after")


def test_a_run_that_ended_long_ago_is_told_from_the_beginning(recorded, capsys):
    run = recorded.submit()
    recorded.log("prepare", "hello\n")
    recorded.status("prepare", RunStatus.COMPLETED)
    recorded.status("train", RunStatus.FAILED, RunError("UserScript", "exit code 3", "IndexError: 7"))
    recorded.status("", RunStatus.FAILED, RunError("UserScript", "Step 'train' failed: exit code 3"))
    with pytest.raises(ActivityFailedException, match="IndexError: 7") as caught:
        run.wait_for_completion()
    assert "IndexError: 7" in json.dumps(json.loads(caught.value.message))
    shown = capsys.readouterr().out
    assert "hello" in shown
    assert shown.index("IndexError: 7") < shown.index("PipelineRun Execution Summary")
    assert recorded.steps["train"] in shown


@pytest.mark.parametrize("show_output", [True, False])
def test_the_timeout_is_kept_either_way(recorded, capsys, show_output):
    run = recorded.submit()
    begin = time.monotonic()
    assert run.wait_for_completion(show_output=show_output, timeout_seconds=0.3) == "NotStarted"
    assert 0.25 < time.monotonic() - begin < 5
    assert "Stopped waiting after 0.3 seconds" in capsys.readouterr().out


def test_nothing_is_printed_unless_asked_for(recorded, capsys):
    run = recorded.submit()
    recorded.status("", RunStatus.COMPLETED)
    assert run.wait_for_completion(show_output=False) == "Finished"
    assert capsys.readouterr().out == ""


def test_waiting_for_one_step(recorded, capsys):
    run = recorded.submit()
    recorded.status("train", RunStatus.RUNNING)
    step = run.find_step_run("prepare")[0]
    thread = later([lambda: recorded.status("prepare", RunStatus.COMPLETED)])
    assert step.wait_for_completion() == "Finished"
    thread.join()
    shown = capsys.readouterr().out
    assert "StepRun( prepare ) Status: Finished" in shown
    assert "train" not in shown


def test_ctrl_c_leaves_the_run_alone(recorded, monkeypatch):
    run = recorded.submit()

    def interrupted(*_arguments, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(recorded.service, "get_events", interrupted)
    with pytest.raises(ExperimentExecutionException, match=f"run {run.id} goes on"):
        run.wait_for_completion(show_output=False)


def test_inside_a_job_what_was_just_said_is_seen(recorded, monkeypatch, tmp_path):
    from lazulite.model.outbox import ENV_ARTIFACTS, ENV_OUTBOX
    from lazulite.sdk.run import Run

    run = recorded.submit()
    step = run.find_step_run("train")[0]
    step.log("earlier", 1)
    monkeypatch.setenv("AZUREML_RUN_ID", step.id)
    monkeypatch.setenv("AZUREML_ROOT_RUN_ID", run.id)
    monkeypatch.setenv("AZUREML_WORKSPACE_ID", recorded.workspace._id)
    monkeypatch.setenv(ENV_OUTBOX, str(tmp_path / "outbox.jsonl"))
    monkeypatch.setenv(ENV_ARTIFACTS, recorded.files("train").shown())
    inside = Run.get_context()
    inside.log("loss", 0.5)
    inside.tag("a", "b")
    inside.parent.tag("best", inside.id)
    assert inside.get_metrics() == {"earlier": 1, "loss": 0.5}
    assert inside.get_tags() == {"a": "b"}
    assert inside.parent.get_tags() == {"best": inside.id}
    assert inside.parent.get_status() == "NotStarted"
    assert [one.name for one in inside.parent.get_steps()] == ["train", "prepare"]
    assert inside.experiment.name == "exp"
    assert inside.experiment.workspace.name == "first"
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs/model.txt").write_text("m")
    assert inside.register_model("model", "outputs/model.txt").name == "model"
    assert step.get_file_names() == ["outputs/model.txt"]
    with inside.child_run("inner") as child:
        child.log("x", 1)
    assert child.status == "Completed"
