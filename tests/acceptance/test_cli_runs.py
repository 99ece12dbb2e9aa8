"""The command line on real runs, on a home folder that user code filled."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cli_calls import PROGRAM, inside, program

pytestmark = pytest.mark.slow

PREPARE = """
import sys
print("prepared", sys.argv[1])
with open(sys.argv[1] + "/part", "w") as file:
    file.write("1 2 3")
"""
TRAIN = """
import sys
from azureml.core import Run
run = Run.get_context()
print("training on", open(sys.argv[1] + "/part").read())
run.log("accuracy", 0.75)
"""
FAIL = """
def divide(by):
    return 1 / by
print("about to fail")
divide(0)
"""
SLOW = """
import os, sys, time
print("waiting", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.02)
print("done waiting", flush=True)
"""
USER_CODE = """
import sys
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import PythonScriptStep

what, experiment = sys.argv[1], sys.argv[2]
ws = Workspace.create(name="main", exist_ok=True)

def step(script, **more):
    return PythonScriptStep(script + ".py", name=script, source_directory="scripts", compute_target="local",
                            hash_paths=[], **more)

if what == "good":
    table = PipelineData("table")
    steps = [step("prepare", outputs=[table], arguments=[table]), step("train", inputs=[table], arguments=[table])]
elif what == "bad":
    steps = [step("fail")]
else:
    steps = [step("slow", arguments=[what], allow_reuse=False)]
run = Experiment(ws, experiment).submit(Pipeline(ws, steps, description="a test"))
print("submitted", run.id)
if what in ("good", "bad"):
    run.wait_for_completion(show_output=False, raise_on_error=False)
"""


class Terminal:
    """Runs commands in one folder with one home, as a user would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        scripts = folder / "scripts"
        scripts.mkdir()
        for name, text in {"prepare": PREPARE, "train": TRAIN, "fail": FAIL, "slow": SLOW}.items():
            (scripts / f"{name}.py").write_text(text)
        (folder / "submit.py").write_text(USER_CODE)
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(scripts)]
        for command in (["init", "-q", "-b", "trunk"], ["add", "."], ["commit", "-qm", "first"]):
            subprocess.run([*git, *command], check=True)
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("LAZULITE_", "NO_COLOR"))
            },
            "LAZULITE_HOME": str(folder / "home"),
            "LAZULITE_ENGINE_IDLE_SECONDS": "60",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, code: int = 0, alone: bool = False) -> subprocess.CompletedProcess[str]:
        by = program if alone else inside
        result = by(arguments, self.folder, self.environment)
        assert result.returncode == code, f"{arguments}\n{result.stdout}\n{result.stderr}"
        assert "Traceback" not in result.stderr
        return result

    def text(self, *arguments: str, alone: bool = False) -> str:
        return self.call(*arguments, alone=alone).stdout

    def data(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments, "--json"))

    def refusal(self, code: int, *arguments: str) -> str:
        result = self.call(*arguments, code=code)
        assert result.stdout == ""
        assert result.stderr.startswith("error: ")
        return result.stderr

    def submit(self, what: str, experiment: str) -> str:
        result = subprocess.run(
            [sys.executable, "submit.py", what, experiment],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = re.search(r"^submitted (\S+)$", result.stdout, re.MULTILINE)
        assert found, result.stdout + result.stderr
        return found[1]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A home with one completed run, the same reused, and one that failed."""
    terminal = Terminal(tmp_path_factory.mktemp("cli"))
    yield terminal
    terminal.call("stop")


@pytest.fixture(scope="module")
def good(terminal: Terminal) -> str:
    return terminal.submit("good", "first")


@pytest.fixture(scope="module")
def again(terminal: Terminal, good: str) -> str:
    return terminal.submit("good", "first")


@pytest.fixture(scope="module")
def bad(terminal: Terminal, again: str) -> str:
    return terminal.submit("bad", "second")


def test_runs_are_listed_newest_first(terminal: Terminal, good: str, again: str, bad: str) -> None:
    listed = terminal.data("runs", "list", "--experiment", "first")
    assert [(run["id"], run["number"], run["status"]) for run in listed] == [
        (again, 2, "Completed"),
        (good, 1, "Completed"),
    ]
    assert listed[0]["experiment"] == "first"
    assert listed[0]["kind"] == "pipeline"
    assert listed[0]["error"] is None
    assert terminal.data("runs", "list", "--experiment", "second")[0]["id"] == bad
    assert bad in [run["id"] for run in terminal.data("runs", "list", "--status", "failed")]
    assert terminal.data("runs", "list", "--status", "Finished", "--limit", "1")[0]["status"] == "Completed"
    lines = terminal.text("runs", "list", "--limit", "0", alone=True).splitlines()
    assert lines[0].split() == ["RUN", "EXPERIMENT", "NO", "STATUS", "SUBMITTED", "DURATION"]
    assert {good[:8], again[:8], bad[:8]} <= {line.split()[0] for line in lines}
    assert "no such runs" in terminal.text("runs", "list", "--experiment", "third")
    assert "'lost' is no status" in terminal.refusal(2, "runs", "list", "--status", "lost")


def test_runs_are_found_by_what_one_knows_of_them(
    terminal: Terminal, good: str, again: str, bad: str
) -> None:
    def found(*options: str) -> list[str]:
        return [run["id"] for run in terminal.data("runs", "list", *options)]

    assert found("--text", good[:13].upper()) == [good]
    # The second one reused the step that logged it.
    assert set(found("--metric", "accuracy >= 0.7", "--metric", "accuracy")) == {good, again}
    assert found("--metric", "accuracy > 0.9") == found("--tag", "no=such") == found("--by", "nobody") == []
    assert found("--parameter", "no=such") == []
    assert bad in found("--attention")
    assert good not in found("--attention")
    everything = found("--limit", "0")
    assert found("--limit", "0", "--ascending") == everything[::-1]
    assert sorted(found("--order", "duration", "--limit", "0")) == sorted(everything)
    assert "cannot be understood" in terminal.refusal(2, "runs", "list", "--metric", "accuracy > high")


def test_the_orders_are_those_of_a_query() -> None:
    from lazulite.cli import runs
    from lazulite.model.run import RUN_ORDERS

    assert runs._ORDERS == RUN_ORDERS


def test_a_snapshot_is_shown_with_the_commits_it_came_from(terminal: Terminal, again: str) -> None:
    from azureml.core import Workspace
    from azureml.pipeline.core import PipelineRun

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", terminal.environment["LAZULITE_HOME"])
        run = Workspace.get("main").get_run(again)
        assert isinstance(run, PipelineRun)
        step = run.find_step_run("train")[0]
    shown = terminal.data("snapshot", "show", step.get_snapshot_id())
    assert sorted(file["path"] for file in shown["files"]) == ["fail.py", "prepare.py", "slow.py", "train.py"]
    commit = step.properties["azureml.git.commit"]
    assert [git["commit"] for git in shown["git"]] == [commit]
    assert step.id in shown["runs"]
    text = terminal.text("snapshot", "show", step.get_snapshot_id())
    assert f"commit {commit}" in text.replace("\n", " ")
    assert "branch trunk" in text
    assert "snapshot" in terminal.refusal(3, "snapshot", "show", "0" * 64)


def test_a_run_is_shown_with_its_steps(terminal: Terminal, good: str, again: str) -> None:
    text = terminal.text("runs", "show", good, alone=True)
    assert re.search(r"^Status +Completed$", text, re.MULTILINE)
    assert re.search(r"^Experiment +first, run 1$", text, re.MULTILINE)
    assert re.search(r"^prepare +Completed +- +\d.* s +local +\w{8}$", text, re.MULTILINE)
    assert re.search(
        r"^train +Completed +reused +.* local +\w{8}$", terminal.text("runs", "show", again), re.MULTILINE
    )
    shown = terminal.data("runs", "show", again[:12])
    assert [(step["name"], step["kind"]) for step in shown["steps"]] == [
        ("prepare", "step"),
        ("train", "step"),
    ]
    assert all(step["reused_run_id"] for step in shown["steps"])
    train = terminal.data("runs", "show", shown["steps"][1]["id"])
    assert train["metrics"] == {"accuracy": 0.75}
    prepare = terminal.data("runs", "show", shown["steps"][0]["id"])
    assert [(output["name"], output["files"], output["bytes"]) for output in prepare["outputs"]] == [
        ("table", 1, 5)
    ]


def test_a_failed_run_shows_the_words_of_its_script_first(terminal: Terminal, bad: str) -> None:
    text = terminal.text("runs", "show", bad)
    assert text.startswith("Traceback (most recent call last):")
    assert "return 1 / by" in text
    assert text.index("ZeroDivisionError: division by zero") < text.index("Step 'fail'")
    error = terminal.data("runs", "show", bad)["error"]
    assert error["code"] == "UserError"
    assert "ZeroDivisionError" in error["message"]


def test_last_is_the_newest_run_and_a_beginning_must_fit_only_one(terminal: Terminal, bad: str) -> None:
    newest = terminal.data("runs", "list", "--limit", "1")[0]["id"]
    assert terminal.data("runs", "show", "last")["id"] == newest
    assert "fits" in terminal.refusal(2, "runs", "show", "")
    assert "There is no run 'nonsense' in workspace 'main'" in terminal.refusal(3, "runs", "show", "nonsense")
    assert terminal.data("runs", "show", bad[:-4])["id"] == bad


def test_logs_are_those_of_the_scripts(terminal: Terminal, good: str, again: str, bad: str) -> None:
    text = terminal.text("runs", "logs", good)
    assert re.search(r"== prepare \(Completed\)\n(.*\n)*prepared .*table", text)
    assert text.index("== prepare") < text.index("== train")
    assert "training on 1 2 3" in terminal.text("runs", "logs", good, "--step", "train")
    assert "prepared" not in terminal.text("runs", "logs", good, "--step", "train")
    assert "training on 1 2 3" in terminal.text("runs", "logs", again, "--step", "train")
    (told,) = terminal.data("runs", "logs", good, "--step", "train")
    assert (told["step"], told["status"]) == ("train", "Completed")
    assert "training on 1 2 3\n" in told["text"]
    assert "ZeroDivisionError" in terminal.call("runs", "logs", bad).stdout
    assert "has no step 'tarin'. It has: prepare, train" in terminal.refusal(
        3, "runs", "logs", good, "--step", "tarin"
    )
    stdout = terminal.text("runs", "logs", good, "--step", "train", "--file", "logs/azureml/stdoutlogs.txt")
    assert stdout == "training on 1 2 3\n"
    assert "There is no file" in terminal.refusal(3, "runs", "logs", good, "--file", "nope.txt")


def test_waiting_tells_by_the_exit_code_how_it_went(terminal: Terminal, good: str, bad: str) -> None:
    assert "Completed" in terminal.text("runs", "wait", good)
    assert "Failed" in terminal.call("runs", "wait", bad, code=1).stdout
    assert "ZeroDivisionError" in terminal.call("runs", "logs", bad, "-f", code=1, alone=True).stdout
    terminal.call("runs", "logs", good, "-f")
    assert "has ended already" in terminal.refusal(1, "runs", "cancel", bad)


def test_explaining_tells_why_in_words(terminal: Terminal, good: str, again: str) -> None:
    text = terminal.text("explain", again)
    assert re.search(r"Step 'train' reuses run \S+: an earlier run did the same work", text)
    assert "no earlier run of this step exists" in terminal.text("runs", "explain", good)
    told = terminal.data("explain", again)
    assert [(step["step"], step["verdict"], step["reason"]) for step in told] == [
        ("prepare", "reused", "same-key"),
        ("train", "reused", "same-key"),
    ]
    assert told[0]["components"]


def test_logs_are_followed_while_the_script_runs(terminal: Terminal, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    run = terminal.submit(str(flag), "follow")
    following = terminal.start("runs", "logs", run, "-f")
    assert following.stdout is not None
    seen = ""
    for line in following.stdout:
        seen += line
        if line.rstrip().endswith("waiting"):
            flag.touch()
            break
    rest, errors = following.communicate(timeout=30)
    assert following.returncode == 0, seen + rest + errors
    assert "done waiting" in rest


def test_ctrl_c_ends_following_and_not_the_run(terminal: Terminal, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    run = terminal.submit(str(flag), "interrupt")
    following = terminal.start("runs", "logs", run, "-f")
    assert following.stdout is not None
    for line in following.stdout:
        if line.rstrip().endswith("waiting"):
            break
    following.send_signal(signal.SIGINT)
    _, errors = following.communicate(timeout=30)
    assert following.returncode == 130
    assert "Traceback" not in errors
    assert "has not ended after" in terminal.call("runs", "wait", run, "--timeout", "0.1", code=1).stderr
    assert terminal.data("runs", "list", "--status", "active")[0]["id"] == run
    terminal.call("runs", "cancel", run)
    terminal.call("runs", "wait", run, code=1)
    assert terminal.data("runs", "show", run)["status"] == "Canceled"


def test_an_active_run_goes_on_after_the_engine_was_stopped(terminal: Terminal, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    run = terminal.submit(str(flag), "stop")
    _until(lambda: terminal.data("runs", "show", run)["steps"][0]["status"] == "Running")
    assert terminal.data("status")["running"]
    assert "1 active run will go on" in terminal.text("stop")
    flag.touch()
    terminal.call("runs", "wait", run, "--timeout", "30")
    before = terminal.data("status")
    assert before["running"]
    assert before["home"] == str(terminal.folder / "home")
    assert before["active_runs"] == 0
    assert terminal.data("stop") == {"stopped": True, "active_runs": 0, "server_stopped": False}
    assert "No engine was running" in terminal.text("stop")
    assert "not running" in terminal.text("status")


def test_a_reader_that_stops_reading_gets_no_traceback(terminal: Terminal, good: str) -> None:
    with terminal.start("runs", "show", good, "--json") as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        errors = listing.stderr.read()
    assert (listing.returncode, errors) == (141, "")


def test_a_plan_tells_what_would_run_and_submits_nothing(terminal: Terminal, again: str, bad: str) -> None:
    count = len(terminal.data("runs", "list", "--limit", "0"))
    text = terminal.text("plan", "submit.py", "good", "first", alone=True)
    assert re.search(r"^prepare +reused +run \S+: an earlier run did the same work", text, re.MULTILINE)
    assert "Nothing was submitted" in text
    told = json.loads(terminal.text("plan", "--json", "submit.py", "bad", "second", alone=True))
    assert [(step["name"], step["verdict"]) for step in told["steps"]] == [("fail", "run")]
    assert len(terminal.data("runs", "list", "--limit", "0")) == count
    (terminal.folder / "nothing.py").write_text("print('nothing to submit')")
    assert "ended without submitting" in terminal.call("plan", "nothing.py", code=1, alone=True).stderr
    assert "There is no file 'no.py'" in terminal.refusal(3, "plan", "no.py")


def test_a_shell_completes_runs(terminal: Terminal, good: str) -> None:
    terminal.environment |= {
        "_LAZULITE_COMPLETE": "bash_complete",
        "COMP_WORDS": f"lazulite runs show {good[:6]}",
        "COMP_CWORD": "3",
    }
    try:
        assert terminal.text(alone=True) == f"plain,{good}\n"
    finally:
        del terminal.environment["_LAZULITE_COMPLETE"]


def _until(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
