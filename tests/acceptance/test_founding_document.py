"""The founding document's own code, extracted from it, block by block, in its order, verbatim.

The document is the article "Create and run machine learning pipelines" of the Azure documentation (Turkish edition of
2019-07-30). It leaves some names undefined: placeholders in angle brackets, data files, a project folder, the other
steps of its example. Those, and imports that it does not show, are the only things added here. Its DatabricksStep is
built here; `tests/integration/test_spark.py` runs it.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.systems import SYSTEMS, placed

DOCUMENT = Path(__file__).parents[3] / "shared" / "reference" / "seed-000_4afa1375d730cf2a.md"

FILLED_IN = {
    "<workspace-name>": "founding-document",
    "<subscription-id>": "my-subscription",
    "<resource-group>": "my-group",
    "<workspace_region>": "eastus2",
}

IMPORTS = """
from azureml.core import Datastore, Experiment
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import DatabricksStep, PythonScriptStep
"""

#: The document points to the page of this class for the token.
TOKEN = """
import requests
from azureml.core.authentication import AzureCliAuthentication
aad_token = AzureCliAuthentication().get_authentication_header()
"""

NOTEBOOK = """# Databricks notebook source
rows = spark.read.csv(dbutils.widgets.get("step_1_input"), header=True)
rows.groupBy("region").count().coalesce(1).write.mode("overwrite").csv(dbutils.widgets.get("step_1_output"))
dbutils.notebook.exit(getArgument("myparam"))
"""

TRAIN = """
import argparse, os, pickle
parser = argparse.ArgumentParser()
parser.add_argument("--input"); parser.add_argument("--output")
args = parser.parse_args()
words = pickle.load(open(args.input, "rb"))
with open(os.path.join(args.output, "model.txt"), "w") as file:
    file.write(" ".join(sorted(words)))
print("trained on", len(words), "words")
"""
EXTRACT = 'import sys; open(sys.argv[2] + "/features.txt", "w").write(open(sys.argv[1] + "/model.txt").read().upper())'
COMPARE = """
import argparse
parser = argparse.ArgumentParser()
for name in ("comp_data1", "comp_data2", "output_data", "param1"):
    parser.add_argument("--" + name)
args = parser.parse_args()
first = open(args.comp_data1 + "/model.txt").read()
second = open(args.comp_data2 + "/features.txt").read()
open(args.output_data + "/same.txt", "w").write(f"{first.upper() == second} {args.param1}")
"""


def blocks() -> list[str]:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.findall(r"^([ \t]*)```python\n(.*?)^[ \t]*```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


@pytest.fixture(params=SYSTEMS)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder as a reader of the document would have it: data, and a project under git."""
    import pickle

    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "20news.pkl").write_bytes(pickle.dumps(["graphics", "autos", "space"]))
    project = tmp_path / "project"
    project.mkdir()
    scripts = {
        "train.py": TRAIN,
        "extract.py": EXTRACT,
        "compare.py": COMPARE,
        "hello_world.py": 'print("Hello")',
    }
    for name, text in scripts.items():
        (project / name).write_text(text)
    (project / "hello_world.ipynb").write_text("{}")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], cwd=project, check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    for kind in ("ADLA_COMPUTE_NAME", "DATABRICKS_COMPUTE_NAME"):
        monkeypatch.setenv(f"AML_{kind}", kind.partition("_")[0].lower() + "-compute")
    with placed(request.param, home, monkeypatch):
        yield project


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the founding document is not beside this checkout")
def test_the_blocks_run_in_their_order(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"project_folder": str(place), "source_directory": str(place)}
    exec(IMPORTS, names)
    ran = []
    for block in blocks():
        first = block.strip().splitlines()[0]
        complete(names, first)
        code = block
        for placeholder, value in FILLED_IN.items():
            code = code.replace(placeholder, value)
        with expected_warning(first):
            exec(compile(code, f"<{first}>", "exec"), names)
        ran.append(first)
        check(names, first, capfd)
    assert len(ran) == len(blocks()) == 17, ran


def expected_warning(first: str) -> contextlib.AbstractContextManager[Any]:
    """One block writes `target=` for `compute_target=`: it works, and says so."""
    if first.startswith("compareStep"):
        return pytest.warns(UserWarning, match="compute_target")
    return contextlib.nullcontext()


def complete(names: dict[str, Any], first: str) -> None:
    """Define what the document uses from here on without having defined it."""
    if first.startswith("def_blob_store.upload_files"):
        names["def_blob_store"] = names["def_data_store"]
    elif first.startswith("dbStep"):
        define_databricks_data(names, names["def_blob_store"])
    elif first.startswith("# Submit the pipeline"):
        # The DatabricksStep's pipeline has the same name as the one before it; both are submitted, this one elsewhere.
        names["pipeline1"] = names["Pipeline"](workspace=names["ws"], steps=[names["compareModels"]])
    elif first.startswith("trainStep"):
        names["processed_data1"] = names["output_data1"]
    elif first.startswith("# list of steps"):
        define_other_steps(names)
    elif first.startswith("published_pipeline1"):
        steps = [names["trainStep"], names["extractStep"], names["compareStep"]]
        names["pipeline1"] = names["Pipeline"](workspace=names["ws"], steps=steps)
    elif first.startswith("response = requests.post"):
        exec(TOKEN, names)
    elif first.startswith("step = PythonScriptStep"):
        names["aml_compute"] = names["compute_target"]


def define_databricks_data(names: dict[str, Any], store: Any) -> None:
    """The data and the notebook of the document's DatabricksStep."""
    names["step_1_input"] = names["DataReference"](store, "step_1_input", path_on_datastore="step_1")
    names["step_1_output"] = names["PipelineData"]("step_1_output", datastore=store)
    names["notebook_path"] = "step_1"
    Path("step_1.py").write_text(NOTEBOOK)


def define_other_steps(names: dict[str, Any]) -> None:
    step, data, store = names["PythonScriptStep"], names["PipelineData"], names["def_blob_store"]
    names.update(comp_data1=names["output_data1"], comp_data2=data("features", datastore=store))
    names["out_data3"] = data("out_data3", datastore=store, pipeline_output_name="comparison")
    common = {"compute_target": names["compute_target"], "source_directory": names["project_folder"]}
    names["extractStep"] = step(
        script_name="extract.py",
        arguments=[names["comp_data1"], names["comp_data2"]],
        inputs=[names["comp_data1"]],
        outputs=[names["comp_data2"]],
        **common,
    )
    arguments = ["--comp_data1", names["comp_data1"], "--comp_data2", names["comp_data2"]]
    names["compareStep"] = step(
        script_name="compare.py",
        arguments=[*arguments, "--output_data", names["out_data3"], "--param1", 1],
        inputs=[names["comp_data1"], names["comp_data2"]],
        outputs=[names["out_data3"]],
        **common,
    )


def check(names: dict[str, Any], first: str, capfd: pytest.CaptureFixture[str]) -> None:
    """What the document promises of a block."""
    if first.startswith("from azureml.core.compute import ComputeTarget, AmlCompute"):
        assert type(names["ws"].compute_targets["aml-compute"]).__name__ == "AmlCompute"
    if first.startswith("# Submit the pipeline"):
        check_first_run(names, capfd)
    elif first.startswith("compareStep"):
        check_parameter(names)
    elif first.startswith("response = requests.post"):
        check_posted(names)
    elif first.startswith("step = PythonScriptStep"):
        run = submit(names, [names["step"]], "hello")
        assert "Hello" in next(iter(run.get_steps())).get_stdout_log()


def check_first_run(names: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    run = names["pipeline_run1"]
    assert run.get_status() == "Finished"
    assert run.status == "Completed"
    assert "trained on 3 words" in capfd.readouterr().out
    run.get_pipeline_output("comparison").download("downloaded")
    assert [path.read_text() for path in Path("downloaded").rglob("same.txt")] == ["True 1"]
    properties = run.properties
    assert re.fullmatch("[0-9a-f]{40}", properties["azureml.git.commit"])
    assert properties["azureml.git.branch"] == "main"
    again = submit(names, [names["compareModels"]], "Compare_Models_Exp")
    assert [step.properties.get("azureml.isreused") for step in again.get_steps()] == ["true"] * 3
    forced = names["Experiment"](names["ws"], "Compare_Models_Exp").submit(
        names["pipeline1"], regenerate_outputs=True
    )
    forced.wait_for_completion(show_output=False)
    assert not any("azureml.isreused" in step.properties for step in forced.get_steps())


def check_parameter(names: dict[str, Any]) -> None:
    steps = [names["trainStep"], names["extractStep"], names["compareStep"]]
    run = submit(names, steps, "My_Pipeline", pipeline_parameters={"pipeline_arg": 20})
    run.get_pipeline_output("comparison").download("parameterised")
    assert [path.read_text() for path in Path("parameterised").rglob("same.txt")] == ["True 20"]


def check_posted(names: dict[str, Any]) -> None:
    """The endpoint started the published pipeline, with the parameter of the request."""
    response, published = names["response"], names["published_pipeline1"]
    assert response.status_code == 200, response.text
    answer = response.json()
    assert (answer["PipelineId"], answer["RunHistoryExperimentName"]) == (published.id, "My_Pipeline")
    run = next(iter(names["Experiment"](names["ws"], "My_Pipeline").get_runs()))
    assert (run.id, run.properties["azureml.pipelineid"]) == (answer["Id"], published.id)
    assert run.wait_for_completion(show_output=False) == "Finished"
    run.get_pipeline_output("comparison").download("posted")
    assert [path.read_text() for path in Path("posted").rglob("same.txt")] == ["True 20"]
    assert requests_without_a_token(published.endpoint) == 401


def requests_without_a_token(address: str) -> int:
    import requests

    return requests.post(address, json={"ExperimentName": "My_Pipeline"}, timeout=60).status_code


def submit(names: dict[str, Any], steps: list[Any], experiment: str, **options: Any) -> Any:
    pipeline = names["Pipeline"](workspace=names["ws"], steps=steps)
    run = names["Experiment"](names["ws"], experiment).submit(pipeline, **options)
    assert run.wait_for_completion(show_output=False) == "Finished"
    return run
