"""NotebookRunnerStep: what it accepts and refuses, and the draft it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from azureml.contrib.notebook import (
    AzureMLNotebookHandler,
    NotebookExecutionHandler,
    NotebookRunConfig,
    NotebookRunnerStep,
)
from lazulite.graph.drafts import StepDraft
from lazulite.model.plan import Parameter, ParameterArgument, RunTask
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.run_configuration import RunConfiguration
from lazulite.sdk.steps.base import Author

RAW = DataReference("store", "raw", "r")


@pytest.fixture
def source(tmp_path: Path) -> str:
    (tmp_path / "train.ipynb").write_text("{}")
    return str(tmp_path)


def step(source: str, config: dict[str, Any] | None = None, **fields: Any) -> NotebookRunnerStep:
    notebook = NotebookRunConfig(source, "train.ipynb", **(config or {}))
    return NotebookRunnerStep(notebook_run_config=notebook, **{"compute_target": "cpu", **fields})


def draft(made: NotebookRunnerStep) -> StepDraft:
    return made._draft(Author())


def test_a_notebook_is_a_task_with_its_values(source):
    rate = PipelineParameter("rate", 0.5)
    config = {"parameters": {"rate": 1, "words": ["a", 2]}, "handler": AzureMLNotebookHandler(timeout=60)}
    model = PipelineData("model")
    found = draft(
        step(source, config, params={"rate": rate, "deep": {"x": None}}, inputs=[RAW], outputs=[model])
    )
    assert found.action == RunTask(
        "notebook",
        {
            "notebook": "train.ipynb",
            "output": "train.ipynb",
            "output_port": None,
            "values": {"words": ["a", 2], "deep": {"x": None}},
            "parameters": {"rate": "float"},
            "timeout": 60,
            "log_output": False,
            "cwd": None,
        },
    )
    assert (found.name, found.source_directory, found.problems) == ("train", source, ())
    assert (found.parameters, found.used) == ({"rate": ParameterArgument("rate")}, (Parameter("rate", 0.5),))
    assert (found.inputs[0].name, found.outputs[0].name) == ("raw", "model")


def test_the_executed_notebook_can_be_an_output(source):
    found = draft(step(source, output_notebook_pipeline_data_name="report"))
    assert [(one.name, one.is_directory) for one in found.outputs] == [("report", False)]


def test_an_environment_that_lists_packages_gets_the_kernel(source):
    config = RunConfiguration()
    assert "ipykernel" not in draft(step(source, {"run_config": config})).environment.pip
    config.environment.python.conda_dependencies.add_pip_package("pandas>=2")
    assert draft(step(source, {"run_config": config})).environment.pip[-1] == "ipykernel"
    config.environment.python.conda_dependencies.add_pip_package("ipykernel==6.29")
    assert draft(step(source, {"run_config": config})).environment.pip.count("ipykernel") == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"params": {"a b": 1}}, "no name of a variable"),
        ({"params": {"raw": 1}}, "both would be one variable|Both would be one variable"),
        ({"params": {"x": object()}}, "the parameter 'x' with <object"),
        ({"params": {"x": (1, 2)}}, r"the parameter 'x' with \(1, 2\)"),
        ({"params": [1]}, "Expected a dict"),
    ],
)
def test_values_that_cannot_be_used_are_refused(source, fields, message):
    with pytest.raises(ValueError, match=message):
        step(source, inputs=[RAW], **fields)


def test_a_step_needs_a_configuration():
    with pytest.raises(ValueError, match="Expected a NotebookRunConfig"):
        NotebookRunnerStep("train", "train.ipynb")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"notebook": "train.py"}, "ends in .ipynb"),
        ({"notebook": "a.ipynb", "output_notebook": 3}, "output_notebook is 3"),
        ({"notebook": "a.ipynb", "parameters": [1]}, "Expected a dict"),
        ({"notebook": "a.ipynb", "handler": "papermill"}, "AzureMLNotebookHandler"),
    ],
)
def test_configurations_that_cannot_be_used_are_refused(fields, message):
    with pytest.raises(UserErrorException, match=message):
        NotebookRunConfig("src", **fields)


def test_a_handler_takes_seconds():
    with pytest.raises(UserErrorException, match="timeout is -1"):
        AzureMLNotebookHandler(timeout=-1)
    assert NotebookRunConfig("src", "a.ipynb", handler=NotebookExecutionHandler()).handler._settings() == {}


def test_a_missing_notebook_is_a_problem_of_the_pipeline(source):
    made = NotebookRunnerStep(
        notebook_run_config=NotebookRunConfig(source, "tran.ipynb"), compute_target="cpu"
    )
    assert f"cannot find its notebook 'tran.ipynb' in '{source}'" in draft(made).problems[0]
