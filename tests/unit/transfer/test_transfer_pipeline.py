"""Transfers in pipelines: made and submitted as users do, run by the engine, reused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.sdk.compute.datafactory import DataFactoryCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.datastore import Datastore
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.steps.data_transfer import DataTransferStep
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace

READ = "import pathlib, sys\nprint(sorted(p.name for p in pathlib.Path(sys.argv[1]).iterdir()))\n"


@pytest.fixture
def shop(home: Path, tmp_path: Path) -> Workspace:
    """A workspace with the datastores `here` and `there` and a Data Factory."""
    workspace = Workspace.create("transfers")
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        Datastore.register_local(workspace, name, str(tmp_path / name))
    (tmp_path / "here" / "raw").mkdir()
    (tmp_path / "here" / "raw" / "a.csv").write_text("a")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "read.py").write_text(READ)
    configuration = DataFactoryCompute.provisioning_configuration()
    ComputeTarget.create(workspace, "factory", configuration).wait_for_completion()
    return workspace


def submit(workspace: Workspace, steps: list[Any], **fields: Any) -> PipelineRun:
    run: PipelineRun = Experiment(workspace, "moving").submit(Pipeline(workspace, steps), **fields)
    run.wait_for_completion(show_output=False)
    return run


def test_a_copy_is_read_by_the_next_step_and_reused(shop: Workspace, tmp_path: Path) -> None:
    def run() -> PipelineRun:
        raw = DataReference(Datastore(shop, "here"), "raw", "raw")
        copy = DataTransferStep(
            "copy", raw, DataReference("there", "there", "copy"), compute_target="factory"
        )
        data = copy.get_output().as_input("data")
        code = str(tmp_path / "code")
        read = PythonScriptStep(
            "read.py", inputs=[data], arguments=[data], compute_target="local", source_directory=code
        )
        return submit(shop, [read])

    first = run()
    assert first.get_status() == "Finished"
    (read,) = first.find_step_run("read.py")
    assert "['a.csv']" in read.get_stdout_log()
    (copy,) = first.find_step_run("copy")
    assert copy.get_metrics()["files"] == 1
    output = copy.get_output("_data_transfer_output").get_port_data_reference()
    assert (output.datastore_name, output.path_on_datastore) == ("there", "copy")

    def reused(run: PipelineRun) -> bool:
        assert run.get_status() == "Finished"
        return all(
            step.get_details_with_logs().get("properties", {}).get("azureml.isreused")
            for step in run.get_steps()
        )

    assert reused(run())
    (tmp_path / "here" / "raw" / "b.csv").write_text("b")
    changed = run()
    assert not reused(changed)
    assert (tmp_path / "there" / "copy" / "b.csv").read_text() == "b"


def test_a_parameter_says_where_to_and_counts_for_reuse(shop: Workspace, tmp_path: Path) -> None:
    raw = DataReference("here", "raw", "raw")
    place = PipelineParameter("place", DataPath("there", "one"))
    copy = DataTransferStep("copy", raw, (place, DataPathComputeBinding()), compute_target="factory")
    submit(shop, [copy])
    run = submit(shop, [copy], pipeline_parameters={"place": DataPath("there", "two/deep")})
    assert (tmp_path / "there" / "one" / "a.csv").read_text() == "a"
    assert (tmp_path / "there" / "two" / "deep" / "a.csv").read_text() == "a"
    (step,) = run.find_step_run("copy")
    assert step.get_output("_data_transfer_output").get_port_data_reference().path_on_datastore == "two/deep"


def test_mistakes_are_named_when_the_pipeline_is_built(shop: Workspace) -> None:
    step = DataTransferStep(
        "copy",
        DataReference("here", "raw", "../raw"),
        DataReference("their", "there"),
        compute_target="factory",
        source_reference_type="directory",
        destination_reference_type="file",
    )
    with pytest.raises(ValueError, match="has 3 errors") as caught:
        Pipeline(shop, [step])
    for words in (
        "'../raw', which would leave its datastore",
        "'their', which the workspace does not have",
        "onto a file",
    ):
        assert words in str(caught.value)
