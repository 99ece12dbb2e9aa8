"""A team's server as its users meet it: by `config.json`, by environment variables, in a terminal, and with v1's
authentication objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cli_calls import inside
from tests.serving import Served, serving

from azureml.core import Datastore, Experiment, Model, Workspace
from azureml.core.authentication import ArmTokenAuthentication, InteractiveLoginAuthentication
from azureml.exceptions import AuthenticationException, UserErrorException
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import PythonScriptStep
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow

SCRIPT = """
import sys, os
from azureml.core import Run
run = Run.get_context()
run.log("loss", 0.5)
print("hello from", run.experiment.workspace.name)
os.makedirs(sys.argv[1], exist_ok=True)
open(os.path.join(sys.argv[1], "part"), "w").write("made")
open("outputs/model.txt", "w").write("a model")
"""


@pytest.fixture
def server(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server, and a user on another machine, so to say: nothing but the URL and the token leads to it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with serving(LocalService(str(home))) as served:
        monkeypatch.setenv("LAZULITE_HOME", str(tmp_path / "unused"))
        monkeypatch.setenv("LAZULITE_TOKEN", served.token)
        monkeypatch.chdir(tmp_path)
        yield served
    assert not (tmp_path / "unused").exists()


@pytest.fixture
def ws(server: Served, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    scope = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/team"
    Path("config.json").write_text(json.dumps({"Scope": scope, "service_url": server.url}))
    return Workspace.from_config()


def submitted(ws: Workspace) -> Any:
    Path("code").mkdir(exist_ok=True)
    Path("code/train.py").write_text(SCRIPT)
    out = PipelineData("out", datastore=ws.get_default_datastore())
    step = PythonScriptStep(
        "train.py",
        name="train",
        source_directory="code",
        compute_target="local",
        arguments=[out],
        outputs=[out],
    )
    run = Experiment(ws, "remote").submit(Pipeline(ws, [step]))
    assert run.wait_for_completion(show_output=False) == "Finished"
    return run


def test_config_json_leads_to_the_server(ws: Workspace, server: Served, tmp_path: Path) -> None:
    assert Workspace.from_config().service_context.location == server.url
    ws.write_config(str(tmp_path / "again"))
    assert json.loads((tmp_path / "again/.azureml/config.json").read_text())["service_url"] == server.url


def test_a_run_its_logs_files_outputs_and_model(ws: Workspace, server: Served) -> None:
    run = submitted(ws)
    (step,) = run.find_step_run("train")
    assert step.get_metrics() == {"loss": 0.5}
    assert step.get_stdout_log() == "hello from team\n"
    details = step.get_details()
    assert details["logFiles"]["azureml-logs/70_driver_log.txt"].startswith(
        f"{server.url}/workspaces/{ws._id}/"
    )
    step.download_files("outputs", "got")
    assert Path("got/outputs/model.txt").read_text() == "a model"
    with pytest.raises(UserErrorException, match=r"outputs/model\.txt"):
        step.download_file("outputs/nothing.txt")
    data = step.get_output_data("out")
    assert data.download("data", show_progress=False) == 1
    assert Path("data", data.path_on_datastore, "part").read_text() == "made"
    model = step.register_model("best", "outputs/model.txt", tags={"from": "run"})
    assert Path(model.download("models")).read_text() == "a model"
    assert model.get_sas_urls()["model.txt"].startswith(server.url)
    Path("mine").write_text("from here")
    Model.register(ws, "mine", "own")
    assert Path(Model(ws, "own").download("models")).read_text() == "from here"
    step.upload_file("extra/mine.txt", "mine")
    with pytest.raises(UserErrorException, match="already, with other content"):
        step.upload_file("extra/mine.txt", "config.json")
    assert "extra/mine.txt" in step.get_file_names()
    assert step.get_portal_url().startswith(server.url)


def test_folders_of_the_server_are_registered_as_they_are_there(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    store = Datastore.register_local(ws, "there", tmp_path / "there")
    Path("file").write_text("x")
    store.upload_files(["file"], show_progress=False)
    assert (tmp_path / "there/file").read_text() == "x"
    for folder in ("there", tmp_path / "nothing"):
        with pytest.raises(UserErrorException, match=r"absolute|is not there"):
            Datastore.register_local(ws, "other", folder)


def test_interactive_runs(ws: Workspace) -> None:
    run = Experiment(ws, "notes").start_logging(outputs=None, snapshot_directory=None)
    run.log("a", float("nan"))
    run.log_list("b", [1, 2])
    run.complete()
    (found,) = Experiment(ws, "notes").get_runs()
    metrics = found.get_metrics()
    assert metrics["a"] != metrics["a"]
    assert metrics["b"] == [1, 2]


def test_authentication_objects_are_sent(
    ws: Workspace, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAZULITE_TOKEN")
    assert Workspace.from_config(auth=ArmTokenAuthentication(server.token)).name == "team"
    monkeypatch.setenv("LAZULITE_URL", server.url)
    assert list(Workspace.list("s", auth=ArmTokenAuthentication(server.token))) == ["team"]
    for auth, words in (
        (ArmTokenAuthentication("wrong"), "does not know who calls"),
        (InteractiveLoginAuthentication(), "There is no token for"),
        (None, "There is no token for"),
    ):
        with pytest.raises(AuthenticationException, match=words):
            Workspace.get("team", auth=auth)

    class Own:
        def get_authentication_header(self) -> dict[str, str]:
            return {"Authorization": f"Bearer {server.token}"}

    assert Workspace.get("team", auth=Own()).name == "team"


def test_the_command_line_works_with_a_url(ws: Workspace, server: Served, tmp_path: Path) -> None:
    def shown(*arguments: str) -> str:
        done = inside(arguments, tmp_path, {})
        assert done.returncode == 0, done.stderr
        return done.stdout

    run = submitted(ws)
    assert run.id[:8] in shown("runs", "list")
    assert "hello from team" in shown("runs", "logs", run.id)
    assert "hello from team" in shown("runs", "logs", "-f", run.id)
    assert "train" in shown("explain", run.id)
    assert server.url in shown("status")
    (tmp_path / "f").write_text("hi")
    shown("datastores", "upload", "workspaceblobstore", "f", "--target", "t")
    shown("datastores", "download", "workspaceblobstore", "t", "--target", "got")
    assert (tmp_path / "got/f").read_text() == "hi"
