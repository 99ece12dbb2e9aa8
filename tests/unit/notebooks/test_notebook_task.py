"""Notebooks that are run as jobs, by a real kernel."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from lazulite.model.errors import InvalidRequest, PathEscapes
from lazulite.model.job import Job, JobInput, JobOutput, Outcome, OutcomeStatus
from lazulite.model.outbox import MetricLogged
from lazulite.model.plan import RunTask
from lazulite.sdk.outbox import Outbox
from lazulite.testing.compute_contract import eventually, job_of
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job
from lazulite.worker.tasks.kernels import describe_kernel
from lazulite.worker.tasks.notebook import kept_as, read_notebook, values
from lazulite.worker.tasks.order import TaskOrder

LOG = "import os\nfrom azureml.core import Run\nRun.get_context().log('rate', rate)\n"
READ = "text = open(raw).read()\nopen(model, 'w').write(f'{text} {rate!r} {count!r} {late}')\nprint('read', text)"


def notebook(*cells: str, parameters: str = "") -> str:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_markdown_cell("# A notebook")]
    if parameters:
        made.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    return str(nbformat.writes(made))


def job(home: Path, content: str, settings: dict[str, Any] | None = None, **fields: Any) -> Job:
    home.mkdir()
    base: dict[str, Any] = {
        "notebook": "train.ipynb",
        "output": "done.ipynb",
        "output_port": None,
        "values": {},
        "parameters": {},
    }
    action = RunTask("notebook", base | (settings or {}))
    made = job_of(home, files={"train.ipynb": content}, action=action, **fields)
    JobFolder(Path(made.folder)).write_job(made)
    return made


def kept(made: Job) -> Path:
    return Path(made.datastores["data"].folder, made.artifact_path)


def finish(made: Job) -> Outcome:
    outcome = JobFolder(Path(made.folder)).result()
    assert outcome is not None
    return outcome


@pytest.mark.slow
def test_parameters_data_metrics_and_what_is_kept(tmp_path):
    home = tmp_path / "home"
    made = job(
        home,
        notebook(LOG, READ, "rate + 1", parameters="rate, count, late = 0, 0, 'default'"),
        {
            "values": {"rate": 0.5},
            "parameters": {"count": "int", "late": "NoneType"},
            "output_port": "report",
        },
        parameters={"count": "3"},
        inputs=(JobInput("raw", "data", "raw.txt"),),
        outputs=(
            JobOutput("model", "data", "model.txt", is_directory=False),
            JobOutput("report", "data", "report", is_directory=False),
        ),
    )
    (home / "data" / "raw.txt").write_text("data")
    outcome = run_job(made)
    assert outcome.status is OutcomeStatus.COMPLETED, outcome
    assert (home / "data" / "model.txt").read_text() == "data 0.5 3 default"
    records = Outbox(Path(made.folder) / "outbox.jsonl").records()
    assert [(one.metric.name, one.metric.value) for one in records if isinstance(one, MetricLogged)] == [
        ("rate", 0.5)
    ]
    assert "read data" in (kept(made) / "azureml-logs/70_driver_log.txt").read_text()
    executed = json.loads((kept(made) / "outputs/done.ipynb").read_text())
    assert executed["cells"][-1]["outputs"][0]["data"]["text/plain"] == ["1.5"]
    assert "A notebook" in (kept(made) / "outputs/done.html").read_text()
    assert json.loads((home / "data" / "report").read_text()) == executed


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_the_notebook_is_kept(tmp_path):
    made = job(tmp_path / "home", notebook("print('one')", "values = {}\nvalues['none']", "print('three')"))
    outcome = run_job(made)
    assert outcome.error is not None
    assert (outcome.status, outcome.error.code) == (OutcomeStatus.FAILED, "UserError")
    assert outcome.error.message.startswith(
        "Cell 3 of train.ipynb (In [2]) failed: KeyError: 'none'. The executed"
    )
    assert "values['none']" in outcome.error.details
    assert "\x1b" not in outcome.error.details
    assert "KeyError" in (kept(made) / "outputs/done.html").read_text()
    assert "three" not in (kept(made) / "azureml-logs/70_driver_log.txt").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import time\ntime.sleep(600)", "Cell 3 of train.ipynb took more than the 2 seconds"),
        ("import os\nos._exit(3)", "Cell 3 of train.ipynb ended the process"),
    ],
)
def test_a_cell_that_gives_no_answer_is_named(tmp_path, code, message):
    outcome = run_job(job(tmp_path / "home", notebook("1", code, "3"), {"timeout": 2}))
    assert outcome.error is not None
    assert outcome.error.message.startswith(message)


@pytest.mark.parametrize(("text", "value"), [("True", True), ("false", False), ("0", False)])
def test_truth_is_read_in_any_spelling(tmp_path, text, value):
    made = job(tmp_path / "home", notebook("1"), {"parameters": {"late": "bool"}}, parameters={"late": text})
    assert values(TaskOrder(made)) == {"late": value}


@pytest.mark.parametrize(("kind", "expected"), [("bool", "True or False"), ("int", "a whole number")])
def test_a_value_of_another_type_is_refused(tmp_path, kind, expected):
    made = job(tmp_path / "home", notebook("1"), {"parameters": {"n": kind}}, parameters={"n": "many"})
    with pytest.raises(InvalidRequest, match=f"The parameter 'n' is 'many'. Expected {expected}"):
        values(TaskOrder(made))


@pytest.mark.slow
def test_a_cancelled_notebook_ends_with_its_kernel(tmp_path):
    beat = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    made = job(tmp_path / "home", notebook(beat))
    process = subprocess.Popen([sys.executable, "-m", "lazulite.worker", made.folder])
    pid = int(eventually(lambda: text_of(Path(made.folder) / "work" / "pid"), seconds=60))
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    assert finish(made).status is OutcomeStatus.CANCELED
    assert not psutil.pid_exists(pid)


def text_of(file: Path) -> str:
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "is no notebook that can be read"),
        (
            notebook("1").replace('"metadata": {}', '"metadata": {"kernelspec": {"language": "R"}}'),
            "a notebook of R",
        ),
        (None, "is not in the step's snapshot"),
    ],
)
def test_what_is_no_notebook_of_python_is_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "a.ipynb").write_text(content)
    with pytest.raises(InvalidRequest, match=message):
        read_notebook(tmp_path / "a.ipynb")


@pytest.mark.parametrize(
    ("given", "target"), [("a.ipynb", "outputs/a.ipynb"), ("./outputs/x/a.ipynb", "outputs/x/a.ipynb")]
)
def test_the_executed_notebook_is_in_outputs(given, target):
    assert kept_as(given) == Path(target)


@pytest.mark.parametrize("given", ["/a.ipynb", "../a.ipynb", "outputs/../../a.ipynb"])
def test_the_executed_notebook_is_nowhere_else(given):
    with pytest.raises(PathEscapes):
        kept_as(given)


def test_an_interpreter_without_a_kernel_is_named(tmp_path):
    other = shutil.which("python3", path="/usr/bin:/bin")
    if other is None or Path(other).resolve() == Path(sys.executable).resolve():
        pytest.skip("there is no other Python on this machine")
    with pytest.raises(InvalidRequest, match="has no ipykernel"):
        describe_kernel(f"{other}", tmp_path)
