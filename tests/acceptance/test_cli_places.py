"""The command line on workspaces, datastores, compute targets and folders."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cli_calls import inside, program


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own to call commands in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("LAZULITE_WORKSPACE", raising=False)
    return folder


def call(
    *arguments: str, code: int = 0, alone: bool = False, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    # --home sets the environment of the process it is given to.
    by = program if alone or "--home" in arguments else inside
    result = by(arguments, Path.cwd(), {**os.environ, **(settings or {})})
    assert result.returncode == code, f"{arguments}\n{result.stdout}\n{result.stderr}"
    assert "Traceback" not in result.stderr
    return result


def data(*arguments: str) -> Any:
    return json.loads(call(*arguments, "--json").stdout)


def refusal(code: int, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
    return call(*arguments, code=code, settings=settings).stderr


def test_without_a_workspace_the_way_to_one_is_shown() -> None:
    assert "lazulite workspaces create NAME" in refusal(3, "runs", "list")
    assert "lazulite workspaces create NAME" in call("workspaces", "list").stdout
    assert data("workspaces", "list") == []


def test_the_workspace_is_the_named_the_configured_or_the_only_one(
    somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("workspaces", "create", "one", alone=True)
    assert "Workspace 'one' has no runs yet" in refusal(3, "runs", "show", "last")
    call("workspaces", "create", "two", "--resource-group", "blue")
    call("workspaces", "create", "two", "--resource-group", "red")
    told = refusal(2, "runs", "list")
    assert told.startswith("error: Which workspace? There are one, blue/two, red/two.")
    assert data("workspaces", "show", "blue/two")["resource_group"] == "blue"
    assert "Say one of these" in refusal(2, "workspaces", "show", "two")
    assert "There is no workspace 'onw'. There are: one, blue/two, red/two." in refusal(
        3, "runs", "list", "-w", "onw"
    )
    monkeypatch.setenv("LAZULITE_WORKSPACE", "one")
    assert data("workspaces", "show", "one")["name"] == "one"
    assert data("runs", "list") == []
    monkeypatch.delenv("LAZULITE_WORKSPACE")
    call("workspaces", "create", "two", "--resource-group", "red", "--exist-ok", "--config")
    inner = somewhere / "deep" / "er"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert data("workspaces", "show")["resource_group"] == "red"


def test_a_configuration_that_names_nothing_here_creates_nothing(somewhere: Path) -> None:
    text = json.dumps({"subscription_id": "s", "resource_group": "g", "workspace_name": "cloudy"})
    (somewhere / "config.json").write_text(text)
    assert f"{somewhere / 'config.json'} names workspace 'cloudy'" in refusal(3, "runs", "list")
    assert data("workspaces", "list") == []


def test_a_broken_configuration_is_told_with_its_line(somewhere: Path) -> None:
    (somewhere / "config.json").write_text('{\n  "workspace_name": \n')
    told = refusal(2, "runs", "list")
    assert str(somewhere / "config.json") in told
    assert "line 3" in told
    (somewhere / "config.json").write_text('{"compilerOptions": {}}')  # another program's file of that name
    call("workspaces", "create", "mine")
    assert data("runs", "list") == []


def test_another_home_is_another_system(somewhere: Path, home: Path) -> None:
    call("workspaces", "create", "here")
    there = somewhere / "there"
    call("--home", str(there), "workspaces", "create", "elsewhere")
    assert [one["name"] for one in data("workspaces", "list")] == ["here"]
    assert [one["name"] for one in data("--home", str(there), "workspaces", "list")] == ["elsewhere"]
    assert data("--home", str(there), "status")["home"] == str(there)
    assert data("status")["home"] == str(home)


def test_a_location_that_cannot_be_used_is_said(somewhere: Path) -> None:
    assert "is not a location" in refusal(2, "status", settings={"LAZULITE_URL": "ftp://somewhere"})
    (somewhere / "file").write_text("")
    assert "cannot be used" in refusal(1, "--home", "file/below", "status")


def test_the_url_of_a_server_without_http_is_not_taken_for_a_folder(somewhere: Path) -> None:
    said = refusal(2, "runs", "list", settings={"LAZULITE_URL": "127.0.0.1:8430"})
    assert "LAZULITE_URL is '127.0.0.1:8430', which is no URL" in said
    assert "https://127.0.0.1:8430" in said
    assert not list(somewhere.iterdir())


def test_names_are_checked_and_nothing_is_deleted_unasked() -> None:
    assert "not a valid workspace name" in refusal(2, "workspaces", "create", "a b")
    call("workspaces", "create", "kept")
    assert "exists already" in refusal(1, "workspaces", "create", "kept")
    assert "say --yes" in refusal(2, "workspaces", "delete", "kept")
    assert [one["name"] for one in data("workspaces", "list")] == ["kept"]
    call("workspaces", "delete", "kept", "--yes")
    assert data("workspaces", "list") == []


def test_files_go_to_a_datastore_and_come_back(somewhere: Path) -> None:
    call("workspaces", "create", "data")
    (somewhere / "in" / "deep").mkdir(parents=True)
    (somewhere / "in" / "a.csv").write_text("1,2")
    (somewhere / "in" / "deep" / "b.csv").write_text("3,4")
    (somewhere / "alone.txt").write_text("alone")
    sent = data("datastores", "upload", "workspaceblobstore", "in", "alone.txt", "--target", "raw")
    assert (sent["copied"], sent["skipped"], sent["bytes"]) == (3, 0, 11)
    assert data("datastores", "upload", "workspaceblobstore", "in", "--target", "raw")["skipped"] == 2
    got = data("datastores", "download", "workspaceblobstore", "raw/deep", "--target", "out")
    assert (got["copied"], got["bytes"]) == (1, 3)
    assert (somewhere / "out" / "b.csv").read_text() == "3,4"
    assert data("datastores", "download", "workspaceblobstore", "--target", "all")["copied"] == 3
    assert (somewhere / "all" / "raw" / "deep" / "b.csv").read_text() == "3,4"
    assert "2 files" in call("datastores", "upload", "workspaceblobstore", "in", "--overwrite").stdout
    assert "no file or folder 'no/such'" in refusal(
        3, "datastores", "download", "workspaceblobstore", "no/such"
    )
    assert "There is no file or folder 'nope'" in refusal(
        3, "datastores", "upload", "workspaceblobstore", "nope"
    )
    assert "blobstroe" in refusal(3, "datastores", "upload", "blobstroe", "in")
    assert "raw/../.." in refusal(
        2, "datastores", "upload", "workspaceblobstore", "in", "--target", "raw/../../x"
    )
    assert "../raw" in refusal(2, "datastores", "download", "workspaceblobstore", "../raw")
    listed = data("datastores", "list")
    assert [(one["name"], one["is_default"]) for one in listed] == [
        ("workspaceblobstore", True),
        ("workspacefilestore", False),
    ]
    assert Path(listed[0]["folder"], "raw", "a.csv").read_text() == "1,2"


def test_compute_targets_are_listed_shown_and_deleted() -> None:
    from azureml.core import Workspace
    from azureml.core.compute import AmlCompute, ComputeTarget

    ws = Workspace.create("computing", show_output=False)
    config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", min_nodes=0, max_nodes=3)
    ComputeTarget.create(ws, "cluster", config)
    listed = {one["name"]: one for one in data("computes", "list")}
    assert (listed["cluster"]["type"], listed["cluster"]["max_nodes"], listed["cluster"]["nodes"]) == (
        "AmlCompute",
        3,
        [],
    )
    assert "0 now, 0 to 3" in call("computes", "show", "cluster").stdout
    assert "STANDARD_D2_V2" in call("computes", "list").stdout
    assert "cluster" in refusal(3, "computes", "show", "clutser")
    assert "say --yes" in refusal(2, "computes", "delete", "cluster")
    call("computes", "delete", "cluster", "--yes")
    assert [one["name"] for one in data("computes", "list")] == ["local"]


def test_a_snapshot_is_listed_with_what_is_ignored_and_by_what(somewhere: Path) -> None:
    source = somewhere / "source"
    (source / "sub" / "__pycache__").mkdir(parents=True)
    (source / "train.py").write_text("x" * 2000)
    (source / "sub" / "big.bin").write_bytes(b"0" * 5000)
    (source / "sub" / "note.log").write_text("a log")
    (source / "sub" / ".gitignore").write_text("*.log\n")
    (source / "sub" / "__pycache__" / "x.pyc").write_bytes(b"")
    text = call("snapshot", "list", "source", alone=True).stdout
    assert text.index("big.bin") < text.index("train.py") < text.index("sub/.gitignore")
    assert "3 files, 7.0 KB in all" in text
    told = data("snapshot", "list", "source")
    assert told["ignored"] == [
        {"path": "sub/__pycache__/", "by": "built-in rules"},
        {"path": "sub/note.log", "by": "sub/.gitignore"},
    ]
    assert (told["count"], told["bytes"]) == (3, 7006)
    assert "… and 2 smaller files" in call("snapshot", "list", "source", "--limit", "1").stdout
    assert "There is no folder 'nope'" in refusal(3, "snapshot", "list", "nope")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_completion(shell: str) -> None:
    assert "_LAZULITE_COMPLETE" in call("completion", shell).stdout
    assert call("completion", settings={"SHELL": f"/bin/{shell}"}).stdout == call("completion", shell).stdout
    assert "Which shell?" in refusal(2, "completion", settings={"SHELL": "/bin/tcsh"})
