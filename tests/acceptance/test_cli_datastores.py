"""The command line on datastores of every kind and on secrets."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.cli_calls import inside
from tests.azurite import ACCOUNT, KEY, Azurite


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("LAZULITE_WORKSPACE", raising=False)
    monkeypatch.setenv("THE_KEY", KEY)
    call("workspaces", "create", "here")
    return folder


def call(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    result = inside(arguments, Path.cwd(), os.environ)
    assert result.returncode == code, f"{arguments}\n{result.stdout}\n{result.stderr}"
    assert KEY not in result.stdout + result.stderr
    return result


def data(*arguments: str) -> Any:
    return json.loads(call(*arguments, "--json").stdout)


@pytest.mark.slow
def test_a_container_is_registered_shown_filled_and_unregistered(azurite: Azurite, somewhere: Path) -> None:
    place = ("--account", ACCOUNT, "--endpoint", azurite.url, "--container", "of-the-cli")
    register = ("datastores", "register", "blob", "blobs", *place, "--secret-env", "THE_KEY")
    assert "of-the-cli" in call(*register, code=1).stderr  # it is not there
    assert "Registered" in call(*register, "--create", "--default").stdout
    assert "blobs" in call("datastores", "list").stdout
    shown = data("datastores", "show", "blobs")
    assert shown["where"] == f"{azurite.url}/of-the-cli"
    assert (shown["kind"], shown["auth"], shown["is_default"]) == ("azure_blob", "account_key", True)
    assert "it can be reached" in call("datastores", "show", "blobs", "--check").stdout
    (somewhere / "a.txt").write_text("x")
    assert data("datastores", "upload", "blobs", "a.txt", "--target", "in")["copied"] == 1
    assert data("datastores", "download", "blobs", "in", "--target", "out")["copied"] == 1
    call("datastores", "set-default", "workspaceblobstore")
    assert "unregistered" in call("datastores", "unregister", "blobs", "--yes").stdout
    assert "blobs" not in [one["name"] for one in data("datastores", "list")]


def test_secrets_are_never_taken_from_the_command_line() -> None:
    place = ("--account", "a", "--container", "c")
    told = call("datastores", "register", "blob", "blobs", *place, code=2).stderr
    assert "--secret-env VARIABLE" in told
    told = call("datastores", "register", "blob", "blobs", *place, "--secret-env", "NO_SUCH", code=2).stderr
    assert "NO_SUCH is not set" in told


def test_other_kinds(somewhere: Path) -> None:
    register = ("datastores", "register")
    call(*register, "database", "sales", f"sqlite:///{somewhere}/sales.db")
    call(*register, "folder", "data", "data", "--create")
    call(*register, "dbfs", "dbfs")
    s3 = ("--bucket", "b", "--access-key-id", "me", "--secret-env", "THE_KEY", "--skip-validation")
    call(*register, "s3", "lake", *s3)
    share = ("--share", "f", "--account", "a", "--secret-env", "THE_KEY", "--skip-validation")
    call(*register, "file-share", "files", *share)
    principal = ("--tenant", "t", "--client", "c", "--secret-env", "THE_KEY", "--skip-validation")
    call(*register, "data-lake-gen2", "lake2", "--filesystem", "f", "--account", "a", *principal)
    kinds = {one["name"]: one["type"] for one in data("datastores", "list")}
    assert kinds == {
        "workspaceblobstore": "AzureBlob",
        "workspacefilestore": "AzureFile",
        "sales": "Sql",
        "data": "Local",
        "dbfs": "DBFS",
        "lake": "S3",
        "files": "AzureFile",
        "lake2": "AzureDataLakeGen2",
    }
    assert "DataTransferStep" in call("datastores", "upload", "sales", ".", code=1).stderr


def test_secrets_of_the_key_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_VALUE", "very secret")
    assert "no secrets" in call("secrets", "list").stdout
    call("secrets", "set", "DB-Password", "--secret-env", "THE_VALUE")
    assert data("secrets", "list") == [{"name": "db-password"}]
    assert call("secrets", "get", "db-password").stdout == "very secret\n"
    call("secrets", "delete", "db-password", "--yes")
    assert "LAZULITE_SECRET_DB_PASSWORD" in call("secrets", "get", "db-password", code=1).stderr
