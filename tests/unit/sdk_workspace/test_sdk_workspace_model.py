"""Models: versions, their files, and where they came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from azureml.core import Experiment, Model, Workspace
from azureml.exceptions import (
    ModelNotFoundException,
    ModelPathNotFoundException,
    UserErrorException,
    WebserviceException,
)
from lazulite.sdk.model import Model as SdkModel


@pytest.fixture
def ws(home: Path) -> Workspace:
    return Workspace.create("first", show_output=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "src" / "model.pkl"
    made.parent.mkdir()
    made.write_bytes(b"one")
    return made


def test_versions(ws: Workspace, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Model.register(ws, str(file), "churn", tags={"a": "1"}, properties={"p": "q"}, description="d")
    assert "Registering model churn" in capsys.readouterr().out
    file.write_bytes(b"two")
    second = Model.register(
        workspace=ws, model_path=str(file), model_name="churn", model_framework=Model.Framework.ONNX
    )
    assert (first.id, first.version, second.id) == ("churn:1", 1, "churn:2")
    assert Model(ws, "churn").version == 2
    assert Model(ws, "churn", version=1).description == "d"
    assert Model(ws, id="churn:1").tags == {"a": "1"}
    assert Model(ws, "churn", tags=["a"]).version == 1
    assert Model(ws, "churn", model_framework="Onnx").version == 2
    assert [one.id for one in Model.list(ws)] == ["churn:2", "churn:1"]
    assert [one.id for one in Model.list(ws, latest=True)] == ["churn:2"]
    assert [one.id for one in Model.list(ws, properties={"p": "q"})] == ["churn:1"]
    assert [one.id for one in Model.list(ws, "churn", tags=[["a", "1"]], latest=True)] == ["churn:1"]
    assert [one.id for one in Model.list(ws, tags=["a", ("a", "1")], properties=["p"])] == ["churn:1"]
    assert Model.list(ws, tags=[["a", "2"]]) == []
    with pytest.raises(
        UserErrorException, match=r"Cannot filter by \['a', '1', '2'\]. Expected a name, a dict"
    ):
        Model.list(ws, tags=[["a", "1", "2"]])
    assert ws.models["churn"].version == 2


def test_missing_one_starts_with_v1s_word(ws: Workspace, file: Path) -> None:
    with pytest.raises(WebserviceException, match=r"^ModelNotFound: Model churn .*no models yet"):
        Model(ws, "churn")
    Model.register(ws, file, "churn")
    with pytest.raises(WebserviceException, match=r"^ModelNotFound: Model churn:7 .*Its versions are 1;"):
        Model(ws, "churn", version=7)
    with pytest.raises(WebserviceException, match="not the id of a model"):
        Model(ws, id="churn")
    with pytest.raises(WebserviceException, match="Neither name nor id"):
        Model(ws)


def test_download_of_a_file(ws: Workspace, file: Path, tmp_path: Path) -> None:
    model = Model.register(ws, file, "churn")
    file.write_bytes(b"changed since")
    target = model.download(str(tmp_path / "out"))
    assert target == str(tmp_path / "out" / "model.pkl")
    assert Path(target).read_bytes() == b"one"
    with pytest.raises(WebserviceException, match=r"exists already. .*exist_ok=True"):
        model.download(str(tmp_path / "out"))
    Path(target).write_bytes(b"older")
    model.download(str(tmp_path / "out"), exist_ok=True)
    assert Path(target).read_bytes() == b"one"


def test_download_of_a_folder(ws: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.txt", "sub/b.txt", "sub/c.txt"):
        (folder / name).write_text(name)
    model = Model.register(ws, folder, "tree")
    target = Path(model.download(str(tmp_path / "out")))
    assert target == tmp_path / "out" / "saved"
    found = sorted(one.relative_to(target).as_posix() for one in target.rglob("*.txt"))
    assert found == ["a.txt", "sub/b.txt", "sub/c.txt"]
    part = Model.register(ws, folder, "tree", child_paths=["sub/b.txt"])
    assert sorted(part.get_sas_urls()) == ["saved/sub/b.txt"]
    with pytest.raises(WebserviceException, match="leads out of the model folder"):
        Model.register(ws, folder, "tree", child_paths=["../src"] if (tmp_path / "src").exists() else [".."])
    with pytest.raises(WebserviceException, match="has no 'absent'"):
        Model.register(ws, folder, "tree", child_paths=["absent"])


def test_nothing_is_registered_if_anything_is_wrong(ws: Workspace, file: Path, tmp_path: Path) -> None:
    with pytest.raises(WebserviceException, match="does not exist"):
        Model.register(ws, tmp_path / "absent", "churn")
    with pytest.raises(UserErrorException, match="is not a valid model name"):
        Model.register(ws, file, "../churn")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WebserviceException, match="holds no file"):
        Model.register(ws, tmp_path / "empty", "churn")
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "nowhere")
    (folder / "good").write_text("x")
    Model.register(ws, folder, "good")
    assert [one.id for one in Model.list(ws)] == ["good:1"]


def test_failed_copy_leaves_no_version(ws: Workspace, file: Path) -> None:
    root = Path(ws.get_default_datastore()._store().shown(""))
    (root / "azureml" / "models").mkdir(parents=True)
    (root / "azureml" / "models" / "churn").write_text("a file where a folder is needed")
    with pytest.raises(UserErrorException):
        Model.register(ws, file, "churn")
    assert Model.list(ws) == []
    (root / "azureml" / "models" / "churn").unlink()
    assert Model.register(ws, file, "churn").download(str(file.parent / "out"))


def test_tags_and_properties(ws: Workspace, file: Path) -> None:
    model = Model.register(ws, file, "churn", tags={"a": "1"})
    model.add_tags({"b": "2"})
    model.remove_tags(["a"])
    model.add_properties({"p": "q"})
    model.update(description="new")
    again = Model(ws, "churn")
    assert (again.tags, again.properties, again.description, again.version) == (
        {"b": "2"},
        {"p": "q"},
        "new",
        1,
    )
    with pytest.raises(UserErrorException, match="'p' of model churn:1 is set already"):
        model.add_properties({"p": "other"})
    model.update(tags={"only": "this"})
    assert Model(ws, "churn").tags == {"only": "this"}


def test_delete_takes_the_files_along(ws: Workspace, file: Path) -> None:
    model = Model.register(ws, file, "churn")
    kept = Model.register(ws, file, "churn")
    model.delete()
    assert [one.id for one in Model.list(ws)] == ["churn:2"]
    store = ws.get_default_datastore()._store()
    assert store.look_at("azureml/models/churn/1") is None
    assert store.look_at("azureml/models/churn/2/model.pkl")
    with pytest.raises(WebserviceException):
        model.delete()
    assert Model.register(ws, file, "churn").version == 3, "a number is never given twice"
    assert kept.download(str(file.parent / "out"))


def test_from_a_run(ws: Workspace, file: Path) -> None:
    run = Experiment(ws, "e").start_logging()
    run.upload_file("outputs/model.pkl", str(file))
    model = SdkModel._register_from_run(
        ws,
        ws._service.get_run(ws._id, run.id),
        "churn",
        "outputs/model.pkl",
        {"a": "b"},
        None,
        "ScikitLearn",
        "1.5",
        "d",
    )
    assert (model.run_id, model.experiment_name, model.model_framework_version) == (run.id, "e", "1.5")
    assert model.run is not None
    assert model.run.id == run.id
    assert [one.id for one in Model.list(ws, run_id=run.id)] == ["churn:1"]
    with pytest.raises(
        ModelPathNotFoundException, match=r"has no file or folder 'outputs/absent'.*outputs/model\.pkl"
    ):
        SdkModel._register_from_run(ws, ws._service.get_run(ws._id, run.id), "churn", "outputs/absent")
    with pytest.raises(UserErrorException, match=r"without '\.\.'"):
        SdkModel._register_from_run(ws, ws._service.get_run(ws._id, run.id), "churn", "../../secret")
    run.complete()


def test_model_path(ws: Workspace, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Model.register(ws, file, "churn")
    (tmp_path / "job").mkdir()
    monkeypatch.chdir(tmp_path / "job")
    with pytest.raises(ModelNotFoundException, match=r"'churn' is not in .*belongs to no run"):
        Model.get_model_path("churn")
    path = Model.get_model_path("churn", _workspace=ws)
    assert path == "azureml-models/churn/1/model.pkl"
    assert Path(path).read_bytes() == b"one"
    assert Model.get_model_path("churn", _workspace=ws) == path
    assert Model.get_model_path("churn") == path
    with pytest.raises(ModelNotFoundException, match="version 2"):
        Model.get_model_path("churn", version=2)


def test_as_data_and_back(ws: Workspace, file: Path) -> None:
    model = Model.register(ws, file, "churn", model_framework="Custom")
    data = json.loads(json.dumps(model.serialize()))
    assert (data["id"], data["framework"]) == ("churn:1", "Custom")
    assert Model.deserialize(ws, data).id == "churn:1"
    with pytest.raises(WebserviceException, match="no serialized model"):
        Model.deserialize(ws, {})


def test_deployment_is_refused(ws: Workspace) -> None:
    with pytest.raises(UserErrorException, match=r"Deploying a model .* is not part of Lazulite"):
        Model.deploy(ws, "n", [])
    with pytest.raises(UserErrorException, match=r"Packaging a model .* is not part of Lazulite"):
        Model.package(ws, [])
    with pytest.raises(UserErrorException, match="Profiling a model is not part of Lazulite"):
        Model.profile(ws, "n", [], None, None)
