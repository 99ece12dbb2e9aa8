"""Programs as v1's users wrote them: each is run as it stands, and what it left is read by another process.

They are also examples: `v1_programs/<name>/submit.py` and the scripts of its steps.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.systems import SYSTEMS, placed

from azureml.core import Experiment, Model, Workspace
from azureml.core.compute import AmlCompute
from azureml.pipeline.core import PipelineRun, StepRun

PROGRAMS = Path(__file__).parent / "v1_programs"
Run = Callable[..., str]


@pytest.fixture(params=SYSTEMS, autouse=True)
def system(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with placed(request.param, home, monkeypatch):
        yield


@pytest.fixture
def submitted(tmp_path: Path) -> Run:
    """Runs a program in a copy of its folder, warnings being errors, and returns what it printed."""

    def run(name: str, **variables: str) -> str:
        folder = tmp_path / name
        shutil.copytree(PROGRAMS / name, folder)
        done = subprocess.run(
            [sys.executable, "-W", "error", "submit.py"],
            cwd=folder,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        assert done.stderr == ""
        return done.stdout

    return run


def runs(workspace: str, experiment: str) -> list[Any]:
    """The pipeline runs of an experiment, oldest first."""
    found = list(Experiment(Workspace.get(workspace), experiment).get_runs())
    assert all(type(run) is PipelineRun for run in found)
    return found[::-1]


def step(run: Any, name: str) -> StepRun:
    """The one step of that name."""
    found: list[StepRun] = run.find_step_run(name)
    (only,) = found
    return only


def printed(run: Any, name: str) -> Any:
    """The JSON that a step printed."""
    return json.loads(step(run, name).get_stdout_log())


def test_iris(submitted: Run, tmp_path: Path) -> None:
    output = submitted("iris")
    (run,) = runs("ml-gallery", "iris")
    train = step(run, "train")
    assert "Creating a new compute target..." in output
    assert f"PipelineRunId: {run.id}" in output
    assert (run.status, run.get_status(), run.tags) == ("Completed", "Finished", {"stage": "try"})
    assert [one.name for one in run.get_steps()] == ["train", "prepare"]
    assert type(Workspace.get("ml-gallery").compute_targets["cpu-cluster"]) is AmlCompute

    metrics = train.get_metrics()
    assert 0.9 < metrics["accuracy"] <= 1.0
    assert metrics["classes"] == [0, 1, 2]
    chart = train.get_metrics("confusion", populate=True)["confusion"]
    assert sum(sum(row) for row in chart["data"]["matrix"]) == 45
    assert run.get_metrics(recursive=True)[step(run, "prepare").id] == run.get_metrics() == {"rows": 150}

    (image,) = [name for name in train.get_file_names() if name.endswith(".png")]
    train.download_file(image, str(tmp_path / "image.png"))
    assert (tmp_path / "image.png").read_bytes().startswith(b"\x89PNG")
    model = run.get_pipeline_output("best")
    assert model.path_on_datastore == f"azureml/{train.id}/model_file"
    assert model.download(str(tmp_path / "got"), show_progress=False) == 1
    train.download_files(prefix="outputs", output_directory=str(tmp_path))
    assert (tmp_path / "outputs/model.pkl").read_bytes() == (
        tmp_path / "got" / model.path_on_datastore
    ).read_bytes()
    assert train.get_details()["runDefinition"]["arguments"][-3:-1] == ["0.5", "--model"]


@pytest.mark.slow
def test_retraining_registers_only_what_is_better(submitted: Run) -> None:
    submitted("mlops", SLOPES="1.0 0.5 1.5")
    first, worse, better = runs("mlops", "retraining")
    assert [run.get_status() for run in (first, worse, better)] == ["Finished", "Canceled", "Finished"]
    assert "first model" in step(first, "Evaluate Model ").get_stdout_log()
    assert "not better" in step(worse, "Evaluate Model ").get_stdout_log()
    assert step(worse, "Register Model ").get_status() == "Canceled"
    assert step(worse, "Train Model").get_status() == "Finished"
    models = Model.list(Workspace.get("mlops"), name="flowers")
    assert [(one.version, one.tags["BuildId"], one.tags["mse"]) for one in models] == [
        (2, "2", "0.25"),
        (1, "0", "1.0"),
    ]
    assert models[0].properties == {"run_id": better.id}
    assert better.tags == {"BuildId": "2", "mse": "0.25"}
    assert better.get_metrics() == {"mse": 0.25}


@pytest.mark.slow
def test_commands(submitted: Run, tmp_path: Path) -> None:
    submitted("commands")
    (run,) = runs("commands", "commands")
    letters = step(run, "list").get_output_data("letters")
    letters.download(str(tmp_path / "got"), show_progress=False)
    written = tmp_path / "got" / letters.path_on_datastore / "one.txt"
    assert written.read_text() == "bye; `date` $HOME\nYours, T.\n"
    assert printed(run, "words") == {
        "argv": ["two words", "--rate", "0.5", "True", "it's"],
        "parameters": {"AML_PARAMETER_my_rate": "0.5", "AML_PARAMETER_said": "bye; `date` $HOME"},
    }
    assert printed(run, "config")["argv"] == ["of a config"]
    assert printed(run, "last")["argv"][1].endswith(f"azureml/{step(run, 'text').id}/counted")

    def began_after(later: str, earlier: str) -> bool:
        ended = step(run, earlier).get_details()["endTimeUtc"]
        return bool(step(run, later).get_details()["startTimeUtc"] >= ended)

    assert began_after("third", "first")
    assert began_after("third", "second")
    assert began_after("second", "words")
    assert began_after("last", "text")


@pytest.mark.slow
def test_data_modes(submitted: Run) -> None:
    submitted("data_modes")
    (run,) = runs("data", "data")
    whole = {"one.txt": "1", "sub": {"two.txt": "2"}}
    assert printed(run, "read") == [whole, whole, "1", {"two.txt": "2"}, None, "2"]
    assert printed(run, "use") == [{"part": "f"}, "u", "s"]
    assert printed(run, "copy") == [{"part": "f"}]
    uploaded = step(run, "write").get_output_data("uploaded")
    assert uploaded.datastore.name == "workspacefilestore"
    assert sorted(step(run, "write").get_outputs()) == ["folder", "renamed", "uploaded"]


@pytest.mark.slow
def test_a_pipeline_uses_what_another_left(submitted: Run, tmp_path: Path) -> None:
    submitted("chained")
    (first,), (second,) = runs("chained", "first"), runs("chained", "second")
    place = step(first, "make").get_output_data("table").path_on_datastore
    assert (tmp_path / "chained/got" / place / "squares.csv").read_text().splitlines()[-1] == "4,16"
    total = step(second, "total")
    assert (total.get_metrics(), total.tags) == ({"total": 30}, {"notes": "number, square"})


@pytest.mark.slow
def test_child_runs_and_metrics(submitted: Run, tmp_path: Path) -> None:
    submitted("folds")
    (run,) = runs("folds", "folds")
    folds = step(run, "folds")
    metrics = folds.get_metrics()
    assert metrics["text"] == "as it is"
    assert metrics["long"] == "x" * 10_000
    assert metrics["list"] == [0, 1, 2]
    assert metrics["rows"] == {"epoch": [1, 2], "loss": [0.5, 0.25]}
    assert metrics["table"] == {"a": [1, 2], "b": ["x", "y"]}
    assert all(metrics[chart].startswith("aml://") for chart in ("accuracy", "residuals", "predictions"))
    children = {child.name: child.get_metrics() for child in folds.get_children()}
    assert children == {"fold 0": {"score": [0.0, 0]}, "fold 1": {"score": [0.5, 1]}}
    assert (folds.tags, folds.properties["owner"]) == ({"folds": "2"}, "team")
    assert {"copies/model.txt", "folder/model.txt", "outputs/model.txt"} <= set(folds.get_file_names())
    models = Model.list(Workspace.get("folds"))
    assert [(one.version, one.tags["from"], one.run_id) for one in models] == [
        (2, "after", folds.id),
        (1, "script", folds.id),
    ]
    restored = folds.restore_snapshot(path=str(tmp_path))
    assert zipfile.ZipFile(restored).namelist() == ["folds.py"]

    alone = subprocess.run(
        [sys.executable, "-W", "error", "folds.py", "--folds", "1"],
        cwd=tmp_path / "folds/scripts",
        capture_output=True,
        text=True,
        check=True,
    )
    assert alone.stdout.startswith("offline\n")
    assert "metric score:\n0.0\n" in alone.stdout


@pytest.mark.slow
def test_reuse(submitted: Run) -> None:
    submitted("reuse")
    found = runs("reuse", "reuse")
    ran = {
        run.tags["what"]: sorted(
            one.name for one in run.get_steps() if one.properties.get("azureml.isreused") != "true"
        )
        for run in found
    }
    assert ran == {
        "new": ["make", "read"],
        "unchanged": [],
        "another version": ["make"],  # it writes the same, so that its consumer is kept
        "never reused": ["make"],
        "forced": ["make", "read"],
        "an ignored file changed": [],
        "a module changed": ["make", "read"],
        "script only": ["make"],
        "script only, a module changed": ["read"],
    }
    by_tag = {run.tags["what"]: run for run in found}
    assert "factor.py changed" in str(step(by_tag["a module changed"], "make").explain_reuse())
    assert step(by_tag["unchanged"], "read").get_metrics() == {"value": 20}
    assert step(by_tag["a module changed"], "read").get_metrics() == {"value": 30}


@pytest.mark.slow
def test_environments(submitted: Run) -> None:
    submitted("environments")
    (run,) = runs("environments", "environments")
    expected = {"conda": "conda", "pip": "pip", "own": "own", "plain": "run configuration", "none": "None"}
    assert {name: step(run, name).get_stdout_log() for name in expected} == {
        name: f"{source} True True\n" for name, source in expected.items()
    }
    impossible = step(run, "impossible")
    assert (run.status, impossible.status) == ("Failed", "Failed")
    assert "packaging<0" in impossible.get_details()["error"]["error"]["message"]
    assert "azureml-logs/20_image_build_log.txt" in impossible.get_file_names()
    assert str(step(run, "conda").get_environment().name) == "from-conda"


@pytest.mark.slow
def test_failures(submitted: Run) -> None:
    output = submitted("failures")
    (failing,), (canceled,) = runs("failures", "failing"), runs("failures", "canceled")
    words = {one.name: (one.status, one.get_status()) for one in failing.get_steps()}
    assert words == {
        "fail": ("Failed", "Failed"),
        "beside": ("Completed", "Finished"),
        "after": ("Canceled", "Bypassed"),
    }
    assert output.index("ValueError: the column 'age' is missing") < output.index("Step 'fail' failed")
    caught = json.loads(output.partition("caught: ")[2].partition("\n}")[0] + "}")
    assert "the column 'age' is missing" in caught["error"]["message"]
    assert step(failing, "fail").get_metrics() == {"before": 1}
    assert (canceled.status, step(canceled, "slow").status) == ("Canceled", "Canceled")
    assert output.endswith("ended as Canceled\n")


def test_a_pipeline_as_a_service(submitted: Run) -> None:
    output = submitted("published", LAZULITE_SERVER="on")
    (rest,) = runs("service", "rest")
    assert printed(rest, "train") == {"epochs": 20, "data": "data of tuesday"}
    assert rest.properties["lazulite.ignored_parameters"] == '["not_a_parameter"]'
    assert "refused: 400 Parameter 'epochs' takes a whole number (int); 'many' was given." in output
    by_version, by_submit, by_default = runs("service", "endpoint")
    assert [printed(run, "train")["epochs"] for run in (by_version, by_submit, by_default)] == [5, 7, 9]
    assert by_submit.tags == {"endpoint_tag": "1"}
    assert len({run.properties["azureml.pipelineendpointid"] for run in (by_version, by_default)}) == 1
    (draft,) = runs("service", "drafts")
    assert step(draft, "train").get_metrics() == {"epochs": 7}
    assert "default version: 1" in output
    assert "drafts: ['TestPipelineDraft']" in output
