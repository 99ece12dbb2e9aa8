"""The founding document's Databricks blocks, verbatim and in order, with DATABRICKS_HOST set to a loopback Databricks.

With the variable unset they run on this machine's Spark: see `test_founding_document`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.test_founding_document import DOCUMENT, blocks

from lazulite.testing.databricks_server import LoopbackDatabricks, SubmittedRun

pytestmark = pytest.mark.slow
FIRST_STATEMENTS = ("databricks_compute_name = os.environ.get(", "dbStep = DatabricksStep(")
IMPORTS = """
from azureml.core import Datastore, Experiment, Workspace
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import DatabricksStep, PythonScriptStep
"""


@pytest.fixture
def databricks(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackDatabricks]:
    """A Databricks whose notebook writes its input, in capitals, to its output."""

    def work(run: SubmittedRun) -> None:
        widgets = run.task["notebook_task"]["base_parameters"]
        source, target = (widgets[name].removeprefix("dbfs:") for name in ("words", "capitals"))
        found.dbfs.files[f"{target}/capitals.txt"] = found.dbfs.files[source].upper()

    with LoopbackDatabricks.started() as found:
        found.runs.on_end = work
        monkeypatch.setenv("DATABRICKS_HOST", found.host)
        monkeypatch.setenv("DATABRICKS_TOKEN", found.token)
        monkeypatch.setenv("AML_DATABRICKS_COMPUTE_NAME", "databricks")
        yield found


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the founding document is not beside this checkout")
@pytest.mark.usefixtures("home")
def test_the_databricks_blocks_run_at_a_databricks(
    databricks: LoopbackDatabricks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {"notebook_path": "/Shared/capitals"}
    exec(IMPORTS, names)
    ws = names["ws"] = names["Workspace"].create("founding-document", show_output=False)
    attach, step = (next(block for block in blocks() if first in block) for first in FIRST_STATEMENTS)
    exec(compile(attach, "<attach>", "exec"), names)
    assert databricks.token not in capsys.readouterr().out
    store = names["Datastore"].register_dbfs(ws, "dbfs")
    databricks.dbfs.files["/in/words.txt"] = b"some words"
    names["step_1_input"] = names["DataReference"](store, "words", "in/words.txt")
    names["step_1_output"] = names["PipelineData"]("capitals", datastore=store)
    exec(compile(step, "<step>", "exec"), names)
    (tmp_path / "read.py").write_text("import sys; print(open(sys.argv[1] + '/capitals.txt').read())")
    reader = names["PythonScriptStep"](
        "read.py",
        arguments=[names["step_1_output"]],
        inputs=[names["step_1_output"]],
        compute_target="local",
        source_directory=tmp_path,
    )
    pipeline = names["Pipeline"](workspace=ws, steps=[*names["steps"], reader])
    run = names["Experiment"](ws, "databricks").submit(pipeline)
    assert run.wait_for_completion(show_output=False) == "Finished"
    (submitted,) = databricks.runs.submitted
    assert submitted.request["run_name"] == "demo run name"
    assert submitted.task["notebook_task"]["notebook_path"] == "/Shared/capitals"
    assert submitted.task["notebook_task"]["base_parameters"]["myparam"] == "testparam"
    assert submitted.task["new_cluster"]["num_workers"] == 1
    assert "SOME WORDS" in run.find_step_run("read.py")[0].get_stdout_log()
