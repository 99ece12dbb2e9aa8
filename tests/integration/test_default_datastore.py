"""A container of Azurite as the workspace's default datastore: everything that a run leaves is there, and is found."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import requests
from tests import seaweed as seaweed_server
from tests.azurite import Azurite
from tests.far_workspaces import all_sent, make_default, put_raw, until
from tests.seaweed import Seaweed
from tests.stores import opened

from lazulite.engine.layout import Home
from lazulite.model.assets import Datastore as Record
from lazulite.sdk.authentication import InteractiveLoginAuthentication
from lazulite.sdk.datastore import Datastore
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.schedules.schedule import Schedule
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace

pytestmark = pytest.mark.slow

WRITE = """
import os, sys
from azureml.core import Run
raw, out = sys.argv[1:]
run = Run.get_context()
assert open(raw).read() == "the raw data"
for number in range(3):
    os.makedirs(f"{out}/part{number}", exist_ok=True)
    open(f"{out}/part{number}/rows.txt", "w").write(f"{number} " + open(raw).read())
os.makedirs("outputs", exist_ok=True)
open("outputs/model.bin", "wb").write(b"weights")
open("logs/own.txt", "w").write("a log of its own")
open("note.txt", "w").write("noted")
run.upload_file("notes/note.txt", "note.txt")
run.log("rows", 3)
with run.child_run("child") as child:
    child.log("inner", 1)
    child.upload_file("inner.txt", "note.txt")
run.register_model("from_script", "outputs/model.bin")
print("written", raw)
"""
READ = """
import os, sys
out, *folders = sys.argv[1:]
found = sorted(f"{at}/{name}" for folder in folders for at, _, names in os.walk(folder) for name in names)
open(out, "w").write("".join(open(one).read() for one in found))
print("read", len(found))
"""


@pytest.fixture
def container(azurite: Azurite) -> Record:
    return azurite.datastore("blobs")


@pytest.fixture
def workspace(home: Path, container: Record) -> Workspace:
    workspace = Workspace.create("far", subscription_id="my sub", resource_group="my-group")
    make_default(workspace, container)
    return workspace


def pipeline(workspace: Workspace, tmp_path: Path, read: str = READ) -> Pipeline:
    for name, text in (("write", WRITE), ("read", read)):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(text)
    (tmp_path / "data.txt").write_text("the raw data")
    raw = put_raw(workspace, tmp_path / "data.txt")
    store = workspace.get_default_datastore()
    table = PipelineData("table", datastore=store)
    result = PipelineData("result", datastore=store, is_directory=False)

    def step(name: str, inputs: list[Any], outputs: list[Any], arguments: list[Any]) -> PythonScriptStep:
        folder = str(tmp_path / name)
        return PythonScriptStep(
            f"{name}.py",
            name=name,
            inputs=inputs,
            outputs=outputs,
            arguments=arguments,
            compute_target="local",
            source_directory=folder,
        )

    write = step("write", [raw], [table], [raw, table])
    return Pipeline(workspace, [write, step("read", [table], [result], [result, table])])


def submitted(workspace: Workspace, made: Pipeline) -> PipelineRun:
    run: PipelineRun = Experiment(workspace, "elsewhere").submit(made)
    assert run.wait_for_completion(show_output=False) == "Finished", run.get_details()
    return run


def test_everything_that_a_run_leaves_is_in_the_container_and_is_found(
    workspace: Workspace, home: Path, container: Record, tmp_path: Path
) -> None:
    run = submitted(workspace, pipeline(workspace, tmp_path))
    write = run.find_step_run("write")[0]

    def look() -> None:
        assert "written" in write.get_stdout_log()
        names = write.get_file_names()
        assert {"notes/note.txt", "outputs/model.bin", "logs/own.txt"} <= set(names), names
        write.download_file("outputs/model.bin", str(tmp_path / "model.bin"))
        assert (tmp_path / "model.bin").read_bytes() == b"weights"
        [child] = write.get_children()
        assert child.get_file_names() == ["inner.txt"]
        assert "Finished" not in run.get_file_names()

    look()  # whether it is sent already or not, it looks alike
    all_sent(home)
    look()
    inside = {info.path for info in opened(container).list_files("azureml/")}
    for name in ("70_driver_log.txt", "75_job_post.txt"):
        assert f"azureml/ExperimentRun/dcid.{write.id}/azureml-logs/{name}" in inside
    assert f"azureml/ExperimentRun/dcid.{run.id}/logs/azureml/executionlogs.txt" in inside
    assert f"azureml/{write.id}/table/part2/rows.txt" in inside
    assert any(path.startswith("azureml/snapshots/") for path in inside)
    assert not Home(home).spools(workspace._id).is_dir() or not any(
        Home(home).spools(workspace._id).iterdir()
    )
    assert workspace.models["from_script"].download(str(tmp_path / "got"), exist_ok=True)
    model = write.register_model("from_run", "outputs/model.bin")
    assert Path(model.download(str(tmp_path / "got"), exist_ok=True)).read_bytes() == b"weights"
    assert write.get_metrics() == {"rows": 3}
    output = run.find_step_run("read")[0].get_output_data("result")
    output.download(str(tmp_path / "results"))
    assert [path.read_text()[:14] for path in (tmp_path / "results").rglob("result")] == ["0 the raw data"]


def test_a_bucket_that_is_made_for_it_keeps_what_runs_leave(
    home: Path, seaweed: Seaweed, tmp_path: Path
) -> None:
    workspace = Workspace.create("far", subscription_id="my sub", resource_group="my-group")
    Datastore.register_s3(
        workspace,
        "bucket",
        "default-of-runs",
        endpoint=seaweed.url,
        access_key_id=seaweed_server.ACCESS_KEY,
        secret_access_key=seaweed_server.SECRET_KEY,
        set_as_default=True,
        create_if_not_exists=True,
    )
    first = submitted(workspace, pipeline(workspace, tmp_path))
    all_sent(home)
    record = seaweed.datastore(container_name="default-of-runs", options={})
    inside = {info.path for info in opened(record).list_files("azureml/")}
    [write] = first.find_step_run("write")
    assert f"azureml/ExperimentRun/dcid.{write.id}/azureml-logs/70_driver_log.txt" in inside
    assert f"azureml/{write.id}/table/part2/rows.txt" in inside
    assert "written" in write.get_stdout_log()
    again = submitted(workspace, pipeline(workspace, tmp_path))
    reused = [step.get_properties().get("azureml.isreused") for step in again.get_children()]
    assert reused == ["true", "true"]


def test_work_is_reused_until_its_data_change(workspace: Workspace, tmp_path: Path) -> None:
    submitted(workspace, pipeline(workspace, tmp_path))
    again = submitted(workspace, pipeline(workspace, tmp_path, READ + "# another\n"))
    reused = {step.name: step.get_properties().get("azureml.isreused") for step in again.get_children()}
    assert reused == {"write": "true", "read": None}
    [read] = again.find_step_run("read")
    assert "read 3" in read.get_stdout_log()
    # An output that somebody took away is written again.
    [output] = workspace._service.get_outputs(workspace._id, again.find_step_run("write")[0].id)
    workspace._service.remove_file(workspace._id, "blobs", f"{output.path}/part1/rows.txt")
    third = submitted(workspace, pipeline(workspace, tmp_path))
    assert third.find_step_run("write")[0].get_properties().get("azureml.isreused") is None


def test_what_is_published_is_started_over_http_seen_in_the_portal_and_deleted(
    workspace: Workspace, home: Path, container: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    published = pipeline(workspace, tmp_path).publish("elsewhere")
    header = InteractiveLoginAuthentication().get_authentication_header()
    answer = requests.post(published.endpoint, headers=header, json={"ExperimentName": "posted"}, timeout=60)
    run = PipelineRun.get(workspace, answer.json()["Id"])
    assert run.wait_for_completion(show_output=False) == "Finished", run.get_details()
    write = run.find_step_run("write")[0]
    for sent in (False, True):
        if sent:
            all_sent(home)
        page = write.get_portal_url().partition("?")[0]
        log = f"{page}?step={write.id}&tab=logs&file=azureml-logs/70_driver_log.txt"
        shown = requests.get(log, headers={**header, "Accept": "text/html"}, timeout=60)
        assert "written" in shown.text, shown.text[:500]
    shutil.rmtree(Home(home).blobs(workspace._id))  # what is missing here is fetched from its copy
    resumed = run.rerun()
    assert resumed.wait_for_completion(show_output=False) == "Finished"
    all_sent(home)
    for gone in (resumed, run):
        freed = workspace._service.delete_runs(workspace._id, (gone.id,))
        assert freed.kept == ()
    left = {info.path for info in opened(container).list_files("azureml/")}
    assert {path for path in left if not path.startswith(("azureml/models/", "azureml/snapshots/"))} == set()


def test_a_file_that_comes_to_the_container_starts_a_scheduled_run(
    workspace: Workspace, tmp_path: Path
) -> None:
    store = workspace.get_default_datastore()
    published = pipeline(workspace, tmp_path).publish("watched")
    Schedule.create(
        workspace,
        "watch",
        published.id,
        "watched",
        datastore=store,
        path_on_datastore="raw",
        polling_interval=1 / 60,
    )
    (tmp_path / "more.txt").write_text("more")
    put_raw(workspace, tmp_path / "more.txt")
    runs = Experiment(workspace, "watched").get_runs
    until(lambda: any(True for _ in runs()), "no run was started")
    [started] = runs()
    run = PipelineRun.get(workspace, started.id)
    assert run.wait_for_completion(show_output=False) == "Finished"
