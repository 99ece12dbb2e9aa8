"""Handing a pipeline over: what is checked, stored and said. Nothing here waits for a step to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.model.run import RunKind, RunQuery
from lazulite.model.values import DataPathValue
from lazulite.sdk import pipeline_code
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.ports import PortDataReference
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def ws(home: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    workspace = Workspace.create("submitted")
    capsys.readouterr()
    return workspace


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.py").write_text("print('a')")
    (folder / "copy.py").write_text("print('a')")
    return folder


def step(source: Path, name: str = "a", **fields: Any) -> PythonScriptStep:
    return PythonScriptStep(
        "a.py", name=name, **{"compute_target": "local", "source_directory": source, **fields}
    )


def runs(ws: Workspace) -> int:
    return len(ws._service.list_runs(ws._id, RunQuery(kind=RunKind.PIPELINE)))


def test_a_submitted_run_has_everything(ws, source, capsys):
    where = PipelineParameter("where", DataPath("workspaceblobstore", "w"))
    rate = PipelineParameter("rate", 0.1)
    one = step(source, arguments=[rate, (where, DataPathComputeBinding())])
    pipeline = Pipeline(ws, [one, step(source, "b", allow_reuse=False)], description="what for")
    run = pipeline.submit(
        "exp",
        {"rate": 0.2, "where": "workspacefilestore/there"},
        continue_on_step_failure=True,
        regenerate_outputs=None,  # type: ignore[arg-type]
        tags={"k": "v"},
        step_tags={"build": "7"},
    )
    assert isinstance(run, PipelineRun)
    submission = ws._service.get_submission(ws._id, run.id)
    assert submission.parameters == {"rate": 0.2, "where": DataPathValue("workspacefilestore", "there")}
    assert (submission.continue_on_step_failure, submission.regenerate_outputs) == (True, False)
    assert submission.interpreter
    snapshot = ws._service.get_snapshot(ws._id, submission.plan.steps[0].snapshot)
    assert [file.path for file in snapshot.files] == ["a.py", "copy.py"]
    assert ws._service.missing_blobs(ws._id, [file.digest for file in snapshot.files]) == frozenset()
    record = ws._service.get_run(ws._id, run.id)
    assert (record.experiment, record.tags["k"], record.description) == ("exp", "v", "what for")
    steps = ws._service.list_runs(ws._id, RunQuery(kind=RunKind.STEP))
    assert {item.tags["build"] for item in steps} == {"7"}
    text = capsys.readouterr().out
    assert "Created step a [" in text
    assert "(it will run)" in text
    assert f"Submitted PipelineRun {run.id}" in text
    assert "Link to the run's files: " in text


def test_experiment_submit_is_the_same(ws, source):
    run = Experiment(ws, "exp").submit(Pipeline(ws, [step(source)]), tags={"a": "b"}, regenerate_outputs=True)
    submission = ws._service.get_submission(ws._id, run.id)
    assert submission.regenerate_outputs
    assert dict(submission.tags) == {"a": "b"}


def test_wrong_values_are_all_told_before_anything_is_stored(ws, source, monkeypatch):
    def never(*_: object) -> None:
        raise AssertionError("code was handed over before the values were checked")

    monkeypatch.setattr(pipeline_code, "hand_over", never)
    pipeline = Pipeline(ws, [step(source, arguments=[PipelineParameter("rate", 0.1)])])
    with pytest.raises(ValueError, match="The parameters have 2 errors") as caught:
        pipeline.submit("exp", {"rate": "0.2", "rte": 1})
    assert "takes a float" in str(caught.value)
    assert "Did you mean 'rate'?" in str(caught.value)
    assert isinstance(caught.value, UserErrorException)
    for values in ([("rate", 0.2)], "rate"):
        with pytest.raises(ValueError, match="Expected a dict"):
            pipeline.submit("exp", values)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="regenerate_outputs is 'no'"):
        pipeline.submit("exp", regenerate_outputs="no")  # type: ignore[arg-type]
    assert runs(ws) == 0


def test_unknown_keywords_of_submit(ws, source):
    pipeline = Pipeline(ws, [step(source)])
    with pytest.raises(ValueError, match="Did you mean 'regenerate_outputs'"):
        pipeline.submit("exp", regenerate_output=True)
    with pytest.warns(UserWarning, match="'regenerate_outputs'"):
        Experiment(ws, "exp").submit(pipeline, regenerate_output=True)


def test_the_old_spelling_of_pipeline_parameters(ws, source):
    pipeline = Pipeline(ws, [step(source, arguments=[PipelineParameter("rate", 0.1)])])
    with pytest.warns(UserWarning, match="old spelling"):
        run = pipeline.submit("exp", pipeline_params={"rate": 0.3})
    assert ws._service.get_submission(ws._id, run.id).parameters == {"rate": 0.3}


def test_an_experiment_of_another_workspace(ws, source):
    other = Workspace.create("other")
    with pytest.raises(ValueError, match="is of workspace 'other', the pipeline of workspace 'submitted'"):
        Experiment(other, "exp").submit(Pipeline(ws, [step(source)]))
    assert runs(ws) == runs(other) == 0


def test_a_script_that_an_ignore_file_leaves_out(ws, source):
    (source / ".amlignore").write_text("a.py\n")
    pipeline = Pipeline(ws, [step(source, hash_paths=["copy.py"])])
    with pytest.raises(UserErrorException, match=r"needs 'a.py', which .amlignore of '.*' leaves out"):
        pipeline.submit("exp")
    assert runs(ws) == 0


def test_current_directory_is_taken_with_a_warning(ws, source, monkeypatch):
    monkeypatch.chdir(source)
    pipeline = Pipeline(ws, [PythonScriptStep("a.py", compute_target="local")])
    with pytest.warns(UserWarning, match="No source_directory was given for 'a.py'"):
        pipeline.submit("exp")
    named = Pipeline(ws, [PythonScriptStep("a.py", compute_target="local")], default_source_directory=".")
    named.submit("exp")  # warnings are errors here


def test_big_folders_are_a_warning_with_ready_lines(ws, source, monkeypatch):
    monkeypatch.setattr(pipeline_code, "_MANY_FILES", 2)
    (source / "data").mkdir()
    for number in range(3):
        (source / "data" / f"{number}.bin").write_bytes(b"x" * 1000)
    with pytest.warns(UserWarning, match="in 5 files") as caught:
        Pipeline(ws, [step(source)]).submit("exp")
    text = str(caught[0].message)
    assert "data/" in text
    assert ".amlignore" in text


def test_each_folder_is_read_once_and_sent_once(ws, source, monkeypatch):
    from lazulite.storage import snapshots

    scanned: list[Path] = []
    real = snapshots.scan

    def counting(folder: Path, cache: Path | None = None) -> snapshots.Scan:
        scanned.append(folder)
        return real(folder, cache)

    monkeypatch.setattr(snapshots, "scan", counting)
    Pipeline(ws, [step(source, str(n)) for n in range(5)]).submit("exp")
    assert scanned == [source]


def test_git_facts_of_the_code(ws, source, monkeypatch):
    monkeypatch.setenv("AZUREML_GIT_COMMIT", "abc")
    run = Pipeline(ws, [step(source)]).submit("exp")
    assert ws._service.get_run(ws._id, run.id).properties["azureml.git.commit"] == "abc"


def test_plan_tells_before_submission_and_records_nothing(ws, source):
    data = PipelineData("d")
    first = step(source, "first", outputs=[data])
    second = step(source, "second", inputs=[data])
    forecast = Pipeline(ws, [second, first]).plan()
    assert [(item.name, item.verdict) for item in forecast] == [("first", "run"), ("second", "unknown")]
    assert forecast.steps[0].why == ("no earlier run of this step exists",)
    text = str(forecast)
    assert text.splitlines()[0].split() == ["step", "would", "why"]
    assert "first   runs     no earlier run" in text
    assert repr(forecast) == text
    assert len(forecast) == 2
    forced = Pipeline(ws, [step(source)]).plan(regenerate_outputs=True)
    assert "regenerate_outputs=True" in str(forced)
    assert runs(ws) == 0
    assert str(Pipeline(ws, []).plan()) == "The pipeline has no steps."
    with pytest.raises(ValueError, match="no parameter 'x'"):
        Pipeline(ws, [first]).plan({"x": 1})


def test_download_keeps_the_path_and_takes_only_what_was_meant(ws, tmp_path):
    store = ws.get_default_datastore()
    for name in ("model/a.txt", "model_old/b.txt", "single"):
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    store.upload(str(tmp_path / "in"), "azureml/1", show_progress=False)
    folder = PortDataReference(ws, "run", DataReference(store, "model", "azureml/1/model"))
    assert folder.download(str(tmp_path / "out"), show_progress=False) == 1
    assert (tmp_path / "out/azureml/1/model/a.txt").read_text() == "model/a.txt"
    by_name = PortDataReference(ws, "run", DataReference("workspaceblobstore", "single", "azureml/1/single"))
    assert by_name.datastore.name == "workspaceblobstore"
    assert by_name.download(str(tmp_path / "out"), show_progress=False) == 1
    assert by_name.download(str(tmp_path / "out"), overwrite=True, show_progress=False) == 1
    assert sorted(p.name for p in (tmp_path / "out").rglob("*") if p.is_file()) == ["a.txt", "single"]
