"""Workspaces: made, found, listed, deleted, and kept apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from azureml.core import Workspace
from azureml.core.compute import AmlCompute
from azureml.exceptions import ProjectSystemException, UserErrorException, WorkspaceException


def test_created_without_an_account(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ws = Workspace.create("first", tags={"team": "a"}, friendly_name="First")
    assert "Created workspace 'first'" in capsys.readouterr().out
    assert (ws.name, ws.subscription_id, ws.resource_group, ws.location) == (
        "first",
        "local",
        "local",
        "local",
    )
    assert repr(ws) == "Workspace.create(name='first', subscription_id='local', resource_group='local')"
    details = ws.get_details()
    assert details["id"].endswith("/providers/Microsoft.MachineLearningServices/workspaces/first")
    assert (details["friendlyName"], details["tags"], details["sku"]) == ("First", {"team": "a"}, "basic")
    assert ws.discovery_url == home.as_uri()
    assert ws.service_context.workspace_id == details["workspaceid"]
    json.dumps(details)


def test_existing_one_is_returned_or_refused(home: Path) -> None:
    first = Workspace.create("first", subscription_id="s", resource_group="g", show_output=False)
    same = Workspace.create(
        name="first", subscription_id="s", resource_group="g", location="eastus2", exist_ok=True
    )
    assert same._id == first._id
    with pytest.raises(
        WorkspaceException, match=r"'first' exists already in resource group 'g'.*exist_ok=True"
    ):
        Workspace.create("first", subscription_id="s", resource_group="g")
    other = Workspace.create("first", subscription_id="s", resource_group="h")
    assert other._id != first._id


@pytest.mark.parametrize("name", ["ab", "-abc", "a b c", "x" * 34, "../up", "", None, 5])
def test_names_are_checked_before_anything_is_made(home: Path, name: object) -> None:
    with pytest.raises(UserErrorException, match=r"is not a valid workspace name. Expected 3 to 33"):
        Workspace.create(name)  # type: ignore[arg-type]
    assert Workspace.list("local") == {}


@pytest.mark.parametrize("part", ["a/b", "", "x" * 91, "a\nb", 7])
def test_subscription_is_a_part_of_a_path(home: Path, part: object) -> None:
    with pytest.raises(UserErrorException, match="subscription_id is"):
        Workspace.create("first", subscription_id=part)  # type: ignore[arg-type]


def test_missing_one_names_those_there_are(home: Path) -> None:
    with pytest.raises(WorkspaceException, match=r"WorkspaceNotFound: .*none yet; Workspace.create"):
        Workspace.get("first")
    Workspace.create("other")
    with pytest.raises(
        ProjectSystemException, match=r"no workspace 'first' with subscription_id 's'.*'other'"
    ):
        Workspace("s", "g", "first")


def test_name_alone_must_be_enough(home: Path) -> None:
    one = Workspace.create("first", subscription_id="s", resource_group="g")
    assert Workspace.get("first")._id == one._id
    two = Workspace.create("first", subscription_id="s", resource_group="h")
    with pytest.raises(WorkspaceException, match=r"2 workspaces are called 'first'.*Give subscription_id"):
        Workspace.get("first")
    assert Workspace.get("first", resource_group="h")._id == two._id
    assert Workspace.get("first", id=one._id)._id == one._id
    assert Workspace("s", "h", "first")._id == two._id


def test_list_is_by_name(home: Path) -> None:
    Workspace.create("first", subscription_id="s", resource_group="g")
    Workspace.create("first", subscription_id="s", resource_group="h")
    Workspace.create("second", subscription_id="t")
    assert {name: len(found) for name, found in Workspace.list("s").items()} == {"first": 2}
    assert {name: len(found) for name, found in Workspace.list("s", resource_group="g").items()} == {
        "first": 1
    }
    assert sorted(Workspace.list()) == ["first", "second"]


def test_written_configuration_leads_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = Workspace.create("first", subscription_id="s", resource_group="g")
    (tmp_path / "project" / "deep").mkdir(parents=True)
    ws.write_config(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project" / "deep")
    assert Workspace.from_config()._id == ws._id
    assert Workspace.from_config(str(tmp_path / "project/.azureml/config.json"))._id == ws._id


def test_downloaded_configuration_makes_the_workspace_once(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"subscription_id": "1234-5678", "resource_group": "rg.one", "workspace_name": "azure-ws"}
    (tmp_path / "config.json").write_text(json.dumps(keys))
    ws = Workspace.from_config(tmp_path)
    assert "'azure-ws', named by" in capsys.readouterr().out
    assert (ws.subscription_id, ws.resource_group) == ("1234-5678", "rg.one")
    assert Workspace.from_config(tmp_path)._id == ws._id
    assert capsys.readouterr().out == ""


def test_configuration_with_a_name_that_cannot_be(home: Path, tmp_path: Path) -> None:
    keys = {"subscription_id": "s", "resource_group": "g", "workspace_name": "../../x"}
    (tmp_path / "config.json").write_text(json.dumps(keys))
    with pytest.raises(UserErrorException, match="is not a valid workspace name"):
        Workspace.from_config(tmp_path)
    assert Workspace.list() == {}


def test_service_url_leads_to_another_home(home: Path, tmp_path: Path) -> None:
    keys = {"subscription_id": "s", "resource_group": "g", "workspace_name": "there"}
    (tmp_path / "config.json").write_text(json.dumps({**keys, "service_url": "other-home"}))
    ws = Workspace.from_config(tmp_path)
    assert (tmp_path / "other-home" / "lazulite.db").exists()
    assert Workspace.list() == {}
    ws.write_config(tmp_path / "copy")
    assert Workspace.from_config(tmp_path / "copy")._id == ws._id


def test_unknown_kind_of_url(home: Path, tmp_path: Path) -> None:
    keys = {
        "subscription_id": "s",
        "resource_group": "g",
        "workspace_name": "there",
        "service_url": "ftp://host",
    }
    (tmp_path / "config.json").write_text(json.dumps(keys))
    with pytest.raises(UserErrorException, match="'ftp://host' is not a location"):
        Workspace.from_config(tmp_path)


def test_another_process_finds_it(home: Path) -> None:
    ws = Workspace.create("first")
    code = "from azureml.core import Workspace; print(Workspace.get('first')._id)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == ws._id


def test_update_and_delete(home: Path) -> None:
    ws = Workspace.create("first", tags={"a": "1"})
    assert ws.update(description="for tests", tags={"b": "2"})["description"] == "for tests"
    assert Workspace.get("first").tags == {"b": "2"}
    ws.delete()
    assert Workspace.list() == {}
    with pytest.raises(WorkspaceException):
        ws.get_details()


def test_default_datastore(home: Path) -> None:
    ws = Workspace.create("first")
    assert sorted(ws.datastores) == ["workspaceblobstore", "workspacefilestore"]
    assert ws.get_default_datastore().name == "workspaceblobstore"
    ws.set_default_datastore("workspacefilestore")
    assert Workspace.get("first").get_default_datastore().name == "workspacefilestore"
    with pytest.raises(UserErrorException, match="absent"):
        ws.set_default_datastore("absent")


def test_workspaces_do_not_see_each_other(home: Path) -> None:
    one, two = Workspace.create("first"), Workspace.create("second")
    AmlCompute.create(one, "cpu", AmlCompute.provisioning_configuration(max_nodes=1))
    assert list(one.compute_targets) == ["cpu"]
    assert two.compute_targets == {}


def test_default_clusters(home: Path) -> None:
    ws = Workspace.create("first", default_cpu_compute_target=Workspace.DEFAULT_CPU_CLUSTER_CONFIGURATION)
    cluster = ws.get_default_compute_target("CPU")
    assert type(cluster) is AmlCompute
    assert cluster.name == Workspace.DEFAULT_CPU_CLUSTER_NAME
    assert ws.get_default_compute_target("GPU") is None
    with pytest.raises(UserErrorException, match="Expected 'CPU' or 'GPU'"):
        ws.get_default_compute_target("TPU")


def test_what_only_azure_has_is_empty_or_refused(home: Path) -> None:
    ws = Workspace.create("first")
    assert ws.datasets == {}
    assert ws.list_keys() == {}
    ws.sync_keys()
    for refused in (
        ws.get_mlflow_tracking_uri,
        lambda: ws.add_private_endpoint(None),
        lambda: ws.set_connection("n", "c", "t", "a", "secret-value"),
    ):
        with pytest.raises(UserErrorException, match="has no meaning on a machine of one's own") as caught:
            refused()
        assert "secret-value" not in str(caught.value)


def test_run_of_another_workspace_is_not_found(home: Path) -> None:
    ws = Workspace.create("first")
    with pytest.raises(UserErrorException, match="no-such-run"):
        ws.get_run("no-such-run")


def test_secrets_are_kept_sealed_and_the_environment_wins(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Workspace.create("first").get_default_keyvault()
    vault.set_secret("DB-Password", "very-secret")
    vault.set_secrets({"other": "1", "third": "2"})
    vault.set_secret("typed", "x", content_type="text/plain")
    assert vault.get_secret("db-password") == "very-secret"
    assert vault.get_secrets(["other", "absent"]) == {"other": "1", "absent": None}
    assert vault.get_secret_content_type("typed") == {"name": "typed", "content_type": "text/plain"}
    monkeypatch.setenv("LAZULITE_SECRET_DB_PASSWORD", "x")
    monkeypatch.setenv("LAZULITE_SECRET_NEW", "y")
    assert vault.get_secret("db-password") == "x"
    names = ["db-password", "new", "other", "third", "typed"]
    assert vault.list_secrets() == [{"name": name} for name in names]
    monkeypatch.delenv("LAZULITE_SECRET_DB_PASSWORD")
    vault.delete_secrets(["other", "third"])
    assert vault.get_secrets(["db-password", "other"]) == {"db-password": "very-secret", "other": None}
    assert not [file for file in home.rglob("*") if file.is_file() and b"very-secret" in file.read_bytes()]


def test_secrets_that_cannot_be_say_what_to_do(home: Path) -> None:
    vault = Workspace.create("first").get_default_keyvault()
    with pytest.raises(UserErrorException, match=r"no secret 'other'.*LAZULITE_SECRET_OTHER"):
        vault.get_secret("other")
    with pytest.raises(UserErrorException, match="other"):
        vault.delete_secret("other")
    for name in ("a/b", "", "a_b"):
        with pytest.raises(UserErrorException, match="not a valid secret name"):
            vault.get_secret(name)
    with pytest.raises(UserErrorException, match="no text") as caught:
        vault.set_secret("new", 12345)  # type: ignore[arg-type]
    assert "12345" not in str(caught.value)
