"""kill -9: of the submitter, of the engine at every write, of everything; nothing is lost and nothing repeated."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from lazulite.api.connect import connect
from lazulite.engine import process

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
SUBMIT = """
import sys
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create(name="crashes", exist_ok=True)
folder, seconds = sys.argv[1], sys.argv[2]
parts = {name: PipelineData(name) for name in "abcd"}

def step(name, *needs):
    return PythonScriptStep("step.py", name=name, compute_target="local", source_directory=folder,
                            inputs=[parts[n] for n in needs], outputs=[parts[name]],
                            arguments=[name, seconds, parts[name], *[parts[n] for n in needs]])

steps = [step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c")]
run = Experiment(ws, "crashes").submit(Pipeline(ws, steps), regenerate_outputs=True)
print("RUN", run.id, flush=True)
if len(sys.argv) > 3:
    import time
    time.sleep(60)
"""
#: Appends its name to a file beside the workspace, so that every start is counted.
STEP = """
import os, sys, time
name, seconds, output, *inputs = sys.argv[1:]
with open(os.environ["COUNTED"], "a") as file:
    file.write(name + "\\n")
time.sleep(float(seconds))
text = "".join(open(os.path.join(path, "text")).read() for path in inputs)
with open(os.path.join(output, "text"), "w") as file:
    file.write(text + name)
"""


@pytest.fixture
def project(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "step.py").write_text(textwrap.dedent(STEP))
    monkeypatch.setenv("COUNTED", str(tmp_path / "counted"))
    return folder


def submit(project: Path, seconds: float = 0.0) -> str:
    command = [sys.executable, "-W", "ignore", "-c", SUBMIT, str(project), str(seconds)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return next(line for line in output.splitlines() if line.startswith("RUN")).split()[1]


def finish(home: Path, run_id: str) -> Any:
    """What any later call does: look at the run, and so see to it that an engine lives."""
    from azureml.core import Workspace

    process.ensure(process.home_of(str(home)))
    run = Workspace.get("crashes").get_run(run_id)
    run.wait_for_completion(show_output=False, raise_on_error=False)
    return run


def check_complete(home: Path, run_id: str, tmp_path: Path) -> None:
    run = finish(home, run_id)
    assert run.get_status() == "Finished", run.get_details()
    last = run.find_step_run("d")[0]
    target = tmp_path / f"download-{run_id}"
    last.get_output_data("d").download(str(target))
    assert [path.read_text() for path in target.rglob("text")] == ["abacd"]


def counted(tmp_path: Path) -> Counter[str]:
    return Counter((tmp_path / "counted").read_text().split())


def die_at(home: Path, project: Path, moment: str, number: int) -> tuple[str, bool]:
    """Submit a run to an engine that is killed at its N-th write. False: the run needed fewer writes."""
    connect(str(home)).stop_engine()
    dying = subprocess.Popen(
        [sys.executable, str(HERE / "dying_engine.py"), str(home), moment, str(number)],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not process.is_alive(process.home_of(str(home))):
        time.sleep(0.01)
    run_id = submit(project)
    service = connect(str(home))
    workspace = service.list_workspaces()[0].id
    while dying.poll() is None:
        if service.get_run(workspace, run_id).status.is_terminal:
            time.sleep(0.3)  # the last write may be the deadly one
            if dying.poll() is None:
                dying.terminate()
                dying.wait(20)
                return run_id, False
        time.sleep(0.01)
    assert dying.returncode == -signal.SIGKILL
    return run_id, True


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.timeout(600)
def test_the_engine_is_killed_at_every_write(project: Path, home: Path, tmp_path: Path, moment: str) -> None:
    check_complete(home, submit(project), tmp_path)
    for number in range(1, 100):
        (tmp_path / "counted").write_text("")
        run_id, died = die_at(home, project, moment, number)
        check_complete(home, run_id, tmp_path)
        assert counted(tmp_path) == {"a": 1, "b": 1, "c": 1, "d": 1}, f"killed {moment} write {number}"
        if not died:
            break
    assert number > 3, "the run wrote less often than expected: is the engine killed at all?"


@pytest.mark.parametrize(("moment", "number"), [("after", 2), ("before", 4)])
def test_the_engine_is_killed_early(
    project: Path, home: Path, tmp_path: Path, moment: str, number: int
) -> None:
    check_complete(home, submit(project), tmp_path)
    (tmp_path / "counted").write_text("")
    run_id, died = die_at(home, project, moment, number)
    assert died
    check_complete(home, run_id, tmp_path)
    assert counted(tmp_path) == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_the_submitter_is_killed(project: Path, home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", SUBMIT, str(project), "0.2", "stay"]
    submitter = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert submitter.stdout
    run_id = next(line for line in submitter.stdout if line.startswith("RUN")).split()[1]
    submitter.kill()
    submitter.wait()
    submitter.stdout.close()
    check_complete(home, run_id, tmp_path)
    assert counted(tmp_path) == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_everything_is_killed_at_once(project: Path, home: Path, tmp_path: Path) -> None:
    """As if the machine had lost power: what had finished is kept, what ran is tried again."""
    run_id = submit(project, seconds=0.6)
    while "b" not in (tmp_path / "counted").read_text() if (tmp_path / "counted").exists() else True:
        time.sleep(0.02)
    for victim in processes_of(home):
        os.kill(victim, signal.SIGKILL)
    check_complete(home, run_id, tmp_path)
    starts = counted(tmp_path)
    assert starts["a"] == 1
    assert starts["d"] == 1
    assert 1 <= starts["c"] <= 2
    assert starts["b"] == 2


def processes_of(home: Path) -> list[int]:
    found = []
    for running in psutil.process_iter(["pid", "cmdline", "environ"]):
        words = " ".join(running.info["cmdline"] or [])
        environ = running.info["environ"] or {}
        if str(home) in words or environ.get("LAZULITE_HOME") == str(home):
            found.append(running.info["pid"])
    return [pid for pid in found if pid != os.getpid()]
