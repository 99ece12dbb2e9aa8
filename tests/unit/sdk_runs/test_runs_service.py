"""Runs as the SDK shows them, on a real service: identity, files, family, details."""

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from lazulite.model.events import EventKind
from lazulite.model.plan import (
    Input,
    Literal,
    Output,
    Parameter,
    ParameterArgument,
    PathParameter,
    Plan,
    RunScript,
    Step,
    StepOutput,
)
from lazulite.model.reuse import Difference, ReuseDecision
from lazulite.model.run import OutputRecord, RunError, RunStatus
from lazulite.model.values import DataPathValue
from lazulite.records.changes import Change
from lazulite.sdk.exceptions import AzureMLException, UserErrorException
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.run import Run, get_run
from lazulite.sdk.run_children import start_interactive
from lazulite.sdk.step_run import StepRun


@pytest.fixture
def interactive(recorded):
    return start_interactive(Experiment(recorded.workspace, "exp"))


# --- identity ---


def test_a_run_comes_back_as_the_class_it_is(recorded):
    run = recorded.submit()
    assert type(run) is PipelineRun
    assert (run.experiment.name, run.type, run.number) == ("exp", "azureml.PipelineRun", 1)
    step = Run.get(recorded.workspace, recorded.steps["train"])
    assert type(step) is StepRun
    assert (step.pipeline_run_id, step.name) == (run.id, "train")
    assert type(step.parent) is PipelineRun
    assert step.parent.id == run.id
    assert type(get_run(run.experiment, run.id)) is PipelineRun
    assert type(get_run(run.experiment, run.id, rehydrate=False)) is Run


def test_a_run_that_is_not_there_is_named(recorded):
    run = recorded.submit()
    for unknown in ("nope", "0" * 36):
        with pytest.raises(UserErrorException, match=unknown):
            Run.get(recorded.workspace, unknown)
    wrong: Any
    for wrong in ("", None, "../x"):
        with pytest.raises(UserErrorException, match="run"):
            Run.get(recorded.workspace, wrong)
    with pytest.raises(UserErrorException, match="belongs to experiment 'exp'"):
        PipelineRun(Experiment(recorded.workspace, "other"), run.id)
    with pytest.raises(UserErrorException, match="not a pipeline run"):
        PipelineRun.get(recorded.workspace, recorded.steps["train"])


def test_unknown_keywords_are_refused(recorded):
    run = recorded.submit()
    with pytest.raises(TypeError, match="Did you mean 'outputs'"):
        Run(run.experiment, run.id, output="x")
    Run(run.experiment, run.id, _user_agent="v1's own")


def test_names_tags_and_properties(interactive):
    interactive.display_name = "shown"
    interactive.description = "a text"
    interactive.tag("mark")
    interactive.set_tags({"a": 1, "b": "2"})
    assert interactive.remove_tags(["a", "missing"]) == {"mark": "", "b": "2"}
    interactive.add_properties({"p": "q"})
    assert (interactive.display_name, interactive.description) == ("shown", "a text")
    assert interactive.get_properties()["p"] == "q"
    with pytest.raises(UserErrorException, match="p"):
        interactive.add_properties({"p": "other"})
    with pytest.raises(UserErrorException, match="dict of tag names"):
        interactive.set_tags(["a"])


# --- status ---


def test_an_interactive_run_is_driven_by_hand(interactive):
    assert (interactive.status, interactive.is_finished) == ("Running", False)
    interactive.complete()
    assert interactive.get_status() == "Completed"
    assert interactive.wait_for_completion()["status"] == "Completed"


def test_a_with_block_completes_or_fails(interactive):
    with interactive.child_run("good") as child:
        child.log("x", 1)
    assert child.status == "Completed"
    with pytest.raises(ValueError, match="broken"), interactive.child_run("bad") as bad:
        raise ValueError("broken")
    assert bad.get_details()["error"]["error"]["message"] == "broken"
    with pytest.raises(AzureMLException, match="broken") as caught:
        bad.wait_for_completion()
    assert json.loads(caught.value.message)["error"]["code"] == "UserError"


def test_a_submitted_run_is_not_driven_by_hand(recorded):
    run = recorded.submit()
    step = run.find_step_run("train")[0]
    for one in (run, step):
        for refused in (one.complete, one.fail, one.child_run):
            with pytest.raises(NotImplementedError):
                refused()
    with pytest.raises(UserErrorException, match="was submitted"):
        Run(run.experiment, run.id).complete()


def test_both_vocabularies(recorded):
    run = recorded.submit()
    step = run.find_step_run("prepare")[0]
    assert (run.get_status(), run.status) == ("NotStarted", "NotStarted")
    recorded.status("", RunStatus.RUNNING)
    recorded.status("prepare", RunStatus.FINALIZING)
    assert (step.get_status(), step.status) == ("Running", "Finalizing")
    recorded.status("prepare", RunStatus.COMPLETED)
    recorded.status("train", RunStatus.BYPASSED)
    recorded.status("", RunStatus.COMPLETED)
    assert (run.get_status(), run.status, run.is_finished) == ("Finished", "Completed", True)
    assert run.find_step_run("train")[0].get_status() == "Bypassed"


# --- family ---


def test_steps_are_all_there_the_last_one_first(recorded):
    run = recorded.submit()
    assert [step.name for step in run.get_steps()] == ["train", "prepare"]
    assert [step.name for step in run.get_children()] == ["train", "prepare"]
    assert all(type(step) is StepRun for step in run.get_steps())
    assert run.find_step_run("missing") == []
    assert [step.name for step in run.get_children(status="NotStarted", type="azureml.StepRun")] != []
    assert list(run.get_children(type="azureml.scriptrun")) == []


def test_children_by_filter_and_depth(interactive):
    children = interactive.create_children(tag_key="fold", tag_values=["1", "2"])
    grandchild = children[0].child_run("deep")
    assert [child.tags["fold"] for child in interactive.get_children()] == ["2", "1"]
    assert [child.id for child in interactive.get_children(tags={"fold": "1"})] == [children[0].id]
    assert {child.id for child in interactive.get_children(recursive=True)} == {
        grandchild.id,
        *(child.id for child in children),
    }
    assert len(interactive.create_children(count=3)) == 3
    for wrong in ({}, {"count": 1, "tag_key": "a", "tag_values": ["b"]}, {"tag_key": "a"}, {"count": 0}):
        with pytest.raises(UserErrorException, match="create_children"):
            interactive.create_children(**wrong)
    with pytest.raises(UserErrorException, match="not a status"):
        list(interactive.get_children(status="Done"))


def test_runs_of_an_experiment_and_of_a_compute(recorded):
    first, second = recorded.submit(), recorded.submit()
    assert [run.id for run in Run.list(first.experiment)] == [second.id, first.id]
    assert len(list(Run.list(first.experiment, include_children=True))) == 6
    compute = recorded.workspace.compute_targets["cluster"]
    assert {run.name for run in Run.list_by_compute(compute)} == {"prepare", "train"}


# --- metrics ---


def test_metrics_in_v1s_shapes(interactive):
    for loss in (0.5, 0.25):
        interactive.log("loss", loss)
    interactive.log_table("table", {"x": [1, 2]})
    interactive.child_run("inner").log("acc", 0.9)
    assert interactive.get_metrics() == {"loss": [0.5, 0.25], "table": {"x": [1, 2]}}
    assert interactive.get_metrics("loss") == {"loss": [0.5, 0.25]}
    everything = interactive.get_metrics(recursive=True)
    assert everything[interactive.id]["loss"] == [0.5, 0.25]
    assert {"acc": 0.9} in everything.values()


def test_charts_can_be_read_back(interactive):
    interactive.log_confusion_matrix("cm", {"data": {"matrix": [[1, 0], [0, 1]]}})
    address = interactive.get_metrics()["cm"]
    interactive.download_file(address, "cm.json")
    assert json.loads(Path("cm.json").read_text()) == interactive.get_metrics(populate=True)["cm"]


def test_a_service_that_is_gone_fails_no_script(interactive, recorded, capsys, monkeypatch):
    recorded.records.remove_workspace(recorded.workspace._id)
    interactive.log("loss", 1)
    assert "could not record metric 'loss'" in capsys.readouterr().err


# --- files ---


def test_files_up_and_down(interactive):
    Path("data/in").mkdir(parents=True)
    Path("data/a.txt").write_text("a")
    Path("data/in/b.txt").write_text("b")
    interactive.upload_folder("outputs", "data")
    interactive.upload_file("notes.txt", io.BytesIO(b"noted"))
    assert interactive.get_file_names() == ["notes.txt", "outputs/a.txt", "outputs/in/b.txt"]
    interactive.download_file("outputs/a.txt")
    assert Path("a.txt").read_text() == "a"
    interactive.download_files("outputs/", "all")
    assert Path("all/outputs/in/b.txt").read_text() == "b"
    interactive.download_files("outputs", "short", append_prefix=False)
    assert sorted(path.name for path in Path("short").rglob("*.txt")) == ["a.txt", "b.txt"]
    assert Path("short/in/b.txt").is_file()
    with pytest.raises(UserErrorException, match=r"no file 'outputs/c\.txt'.*outputs/a\.txt"):
        interactive.download_file("outputs/c.txt")
    with pytest.raises(TypeError, match="2 names for 1 paths"):
        interactive.upload_files(["a", "b"], ["data/a.txt"])
    with pytest.raises(UserErrorException, match="does not exist"):
        interactive.upload_files(["new", "b"], ["data/a.txt", "data/missing"])
    assert "new" not in interactive.get_file_names()
    with pytest.raises(UserErrorException, match="is a folder"):
        interactive.upload_file("x", "data")


def test_a_link_out_of_the_folder_is_not_uploaded(interactive, tmp_path):
    Path("secret").write_text("secret")
    Path("data").mkdir()
    Path("data/link").symlink_to(tmp_path / "secret")
    with pytest.raises(UserErrorException, match="leads out"):
        interactive.upload_folder("outputs", "data")


def test_files_are_kept_on_one_datastore(interactive):
    Path("a").write_text("a")
    interactive.upload_file("a", "a", datastore_name="workspaceblobstore")
    with pytest.raises(UserErrorException, match="workspacefilestore"):
        interactive.upload_file("b", "a", datastore_name="workspacefilestore")


def test_the_link_opens(recorded):
    run = recorded.submit()
    assert Path(run.get_portal_url().removeprefix("file://")).is_dir()
    recorded.log("train", "hello\n")
    details = run.find_step_run("train")[0].get_details()
    assert urlopen(details["logFiles"]["azureml-logs/70_driver_log.txt"]).read() == b"hello\n"


def test_snapshots_are_taken_and_given_back(interactive):
    Path("code").mkdir()
    Path("code/train.py").write_text("print(1)\n")
    script = Path("code/run.sh")
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    snapshot = interactive.take_snapshot("code")
    assert interactive.get_snapshot_id() == snapshot
    archive = zipfile.ZipFile(interactive.restore_snapshot(path="restored"))
    assert sorted(archive.namelist()) == ["run.sh", "train.py"]
    assert archive.read("train.py") == b"print(1)\n"
    assert archive.getinfo("run.sh").external_attr >> 16 & 0o111
    with pytest.raises(UserErrorException, match="unknown"):
        interactive.restore_snapshot("unknown")
    with pytest.raises(UserErrorException, match="no file or folder"):
        interactive.take_snapshot("nowhere")


def test_a_run_without_code_says_so(interactive):
    with pytest.raises(UserErrorException, match="no snapshot"):
        interactive.restore_snapshot()


# --- details ---


def test_the_details_of_a_step(recorded):
    run = recorded.submit()
    recorded.status("prepare", RunStatus.RUNNING)
    details = run.find_step_run("prepare")[0].get_details()
    assert details["runId"] == recorded.steps["prepare"]
    assert (details["target"], details["status"], details["endTimeUtc"]) == ("cluster", "Running", None)
    definition = details["runDefinition"]
    assert definition["script"] == "prepare.py"
    assert definition["arguments"] == ["--raw", "$AZUREML_DATAREFERENCE_raw"]
    assert definition["dataReferences"]["raw"]["pathOnDataStore"] == "raw"
    place = {"dataStoreName": "workspaceblobstore", "pathOnDataStore": f"azureml/{details['runId']}/clean"}
    assert definition["outputData"]["clean"]["outputLocation"] == place
    json.dumps(details)
    assert "error" not in details


def test_the_details_of_a_step_name_the_places_that_its_inputs_turned_out_to_have(recorded):
    taken = Input("clean", StepOutput("n1", "clean")), Input("folder", PathParameter("where"))
    arguments = (Literal("--rate"), ParameterArgument("rate"), ParameterArgument("count"))
    written = Output("clean", "workspaceblobstore")
    prepare = Step(
        "n1", "prepare", "PythonScriptStep", RunScript("prepare.py"), "cluster", outputs=(written,)
    )
    train = Step(
        "n2", "train", "PythonScriptStep", RunScript("train.py"), "cluster", arguments=arguments, inputs=taken
    )
    values = {"where": DataPathValue("workspaceblobstore", "a"), "rate": None, "count": 3}
    plan = Plan(
        (prepare, train),
        tuple(Parameter(name, value) for name, value in values.items()),
    )
    run = recorded.submit(plan, parameters={"where": DataPathValue("workspacefilestore", "b")})
    definition = run.find_step_run("train")[0].get_details()["runDefinition"]
    assert definition["arguments"] == ["3"]
    assert definition["dataReferences"]["folder"]["dataStoreName"] == "workspacefilestore"
    assert definition["dataReferences"]["clean"]["pathOnDataStore"] is None
    record = OutputRecord("clean", "workspaceblobstore", "azureml/an-earlier-run/clean", "digest", "stat")
    recorded.status("prepare", RunStatus.COMPLETED, outputs=(record,))
    definition = run.find_step_run("train")[0].get_details()["runDefinition"]
    assert definition["dataReferences"]["clean"]["pathOnDataStore"] == "azureml/an-earlier-run/clean"


def test_a_reused_step_has_a_start_and_an_end(recorded):
    first = recorded.submit()
    recorded.status("prepare", RunStatus.COMPLETED)
    earlier = first.find_step_run("prepare")[0].id
    run = recorded.submit()
    recorded.status("prepare", RunStatus.COMPLETED, reused_run_id=earlier)
    details = run.find_step_run("prepare")[0].get_details()
    assert details["startTimeUtc"] == details["endTimeUtc"] is not None


def test_the_details_of_a_failed_pipeline_hold_the_scripts_words(recorded):
    run = recorded.submit()
    error = RunError("UserScript", "exit code 1", "Traceback …\nValueError: no such column")
    recorded.status("prepare", RunStatus.FAILED, error)
    recorded.status("", RunStatus.FAILED, RunError("UserScript", "Step 'prepare' failed: exit code 1"))
    with pytest.raises(AzureMLException) as caught:
        run.wait_for_completion(show_output=False)
    words = "Traceback …\nValueError: no such column\nStep 'prepare' failed: exit code 1"
    assert str(caught.value) == words
    assert str(pickle.loads(pickle.dumps(caught.value))) == words
    (entry,) = json.loads(caught.value.message)["error"]["details"]
    assert entry["runId"] == recorded.steps["prepare"]
    assert "no such column" in entry["details"][0]["message"]
    assert run.wait_for_completion(show_output=False, raise_on_error=False) == "Failed"


# --- outputs and reuse ---


def test_outputs_by_name(recorded):
    run = recorded.submit()
    step = run.find_step_run("prepare")[0]
    assert list(step.get_outputs()) == ["clean"]
    with pytest.raises(UserErrorException, match=r"no place.*NotStarted"):
        step.get_output_data("clean")
    for kind in (KeyError, UserErrorException):
        with pytest.raises(kind, match=r"no output 'cleen'\. It has: clean"):
            step.get_output("cleen")
    recorded.status("prepare", RunStatus.FAILED)
    assert step.get_output_data("clean").path_on_datastore == f"azureml/{step.id}/clean"
    with pytest.raises(KeyError, match="It has: cleaned"):
        run.get_pipeline_output("missing")


def test_a_reused_step_shows_what_the_earlier_run_left(recorded):
    first = recorded.submit()
    old = first.find_step_run("prepare")[0]
    output = OutputRecord("clean", "workspaceblobstore", f"azureml/{old.id}/clean", "c", "s")
    recorded.log("prepare", "first time\n")
    Path("model").write_text("m")
    old.upload_file("outputs/model", "model")
    old.log("acc", 0.9)
    recorded.status("prepare", RunStatus.COMPLETED, outputs=(output,))
    again = recorded.submit()
    new = again.find_step_run("prepare")[0]
    recorded.status("prepare", RunStatus.COMPLETED, reused_run_id=old.id, outputs=(output,))
    assert new.get_metrics() == {"acc": 0.9}
    assert new.get_file_names() == ["azureml-logs/70_driver_log.txt", "outputs/model"]
    assert new.get_output_data("clean").path_on_datastore == f"azureml/{old.id}/clean"
    assert again.get_pipeline_output("cleaned").path_on_datastore == f"azureml/{old.id}/clean"
    model = new.register_model("model", "outputs/model")
    assert (model.name, model.version) == ("model", 1)


def test_why_a_step_ran_in_words(recorded):
    run = recorded.submit()
    step = run.find_step_run("prepare")[0]
    assert "has not come to its turn" in step.explain_reuse()
    decision = ReuseDecision(
        "run", "key-differs", {"version": "2"}, "k", "old-run", (Difference("version", "2", "1"),)
    )
    recorded.write(Change(step.id, EventKind.DECIDED, {}, decision=decision))
    text = step.explain_reuse()
    assert text.decision == decision
    assert "old-run" in text
    assert "version: 2 here, 1 there" in text
    assert "'train'" in run.explain()


def test_the_environment_of_a_step(recorded):
    run = recorded.submit()
    environment = run.find_step_run("prepare")[0].get_environment()
    assert environment.python.conda_dependencies.pip_packages is not None
    assert environment.name == "project_environment"
    with pytest.raises(UserErrorException, match="not a step"):
        run.get_environment()


def test_the_graph_of_a_run(recorded):
    graph = recorded.submit().get_graph()
    assert sorted(node.name for node in graph.nodes if node.name in ("prepare", "train")) == [
        "prepare",
        "train",
    ]


def test_what_comes_later_says_so(recorded):
    run = recorded.submit()
    with pytest.raises(UserErrorException, match="later version"):
        run.save()
    assert PipelineRun.get_pipeline_runs(recorded.workspace, "none") == []


def test_a_run_can_be_looked_at(interactive):
    assert interactive.id in repr(interactive)
    assert "<table>" in interactive._repr_html_()
