"""Two processes submit at once; independent steps run in parallel; workspaces do not see each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SUBMIT = """
import sys
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import PythonScriptStep

who, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
ws = Workspace.create(name="shared", exist_ok=True)
runs = []
for number in range(count):
    mark, steps, before = f"{who}-{number}", [], []
    for index in range(10):
        data = PipelineData(f"part{index}")
        steps.append(PythonScriptStep("step.py", name=f"{mark} step {index}", source_directory=folder,
                                      compute_target="local", inputs=before[-1:], outputs=[data], allow_reuse=False,
                                      arguments=[mark, data, *before[-1:]]))
        before.append(data)
    runs.append(Experiment(ws, who).submit(Pipeline(ws, steps), tags={"mark": mark}))
for number, run in enumerate(runs):
    assert run.wait_for_completion(show_output=False) == "Finished"
    assert run.get_tags()["mark"] == f"{who}-{number}"
    names = [step.name for step in run.get_steps()]
    assert sorted(names) == sorted(f"{who}-{number} step {index}" for index in range(10)), names
    last = run.find_step_run(f"{who}-{number} step 9")[0]
    assert last.get_metrics()["mark"] == f"{who}-{number}"
    last.get_output_data("part9").download(f"{who}-{number}")
"""
STEP = """
import os, sys
from azureml.core import Run
mark, output, *inputs = sys.argv[1:]
text = open(os.path.join(inputs[0], "text")).read() if inputs else ""
assert all(word == mark for word in text.split()), text
open(os.path.join(output, "text"), "w").write(text + mark + " ")
Run.get_context().log("mark", mark)
"""


def run_both(tmp_path: Path, count: int) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "step.py").write_text(STEP)
    submitters = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SUBMIT, who, str(project), str(count)], cwd=tmp_path
        )
        for who in ("ann", "bob")
    ]
    assert [submitter.wait(900) for submitter in submitters] == [0, 0]
    for who in ("ann", "bob"):
        for number in range(count):
            texts = [path.read_text() for path in (tmp_path / f"{who}-{number}").rglob("text")]
            assert texts == [f"{who}-{number} " * 10]


def test_two_processes_submit_at_once(tmp_path: Path, home: Path) -> None:
    run_both(tmp_path, 2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_runs_of_ten_steps_from_two_processes(tmp_path: Path, home: Path) -> None:
    run_both(tmp_path, 25)
