"""Attaching a Databricks: which host is meant, that the token is accepted, and that it stays secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lazulite.sdk.compute.databricks import DatabricksCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.exceptions import ComputeTargetException
from lazulite.sdk.workspace import Workspace
from lazulite.testing.databricks_server import LoopbackDatabricks, Refused

PLACEHOLDER = "<databricks_access_token>"


@pytest.fixture
def ws(home: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.delenv("DATABRICKS_HOST", raising=False)
    monkeypatch.delenv("DATABRICKS_TOKEN", raising=False)
    return Workspace.create("bricks", show_output=False)


@pytest.fixture
def databricks() -> Iterator[LoopbackDatabricks]:
    with LoopbackDatabricks.started() as found:
        yield found


def attach(ws: Workspace, **given: object) -> DatabricksCompute:
    fixed = {"resource_group": "rg", "workspace_name": "dbws"}
    configuration = DatabricksCompute.attach_configuration(**{**fixed, **given})  # type: ignore[arg-type]
    target = ComputeTarget.attach(ws, "bricks", configuration)
    assert isinstance(target, DatabricksCompute)
    return target


def host_of(target: DatabricksCompute) -> str:
    return target._record.host


# --- which host ----------------------------------------------------------------------------------------------


def test_without_a_host_steps_run_on_this_machine(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    target = attach(ws, access_token=PLACEHOLDER)
    assert host_of(target) == "local"
    assert capsys.readouterr().out == (
        "Compute target 'bricks': steps run at this machine's Spark (no host was given, and DATABRICKS_HOST is not set).\n"
    )
    with pytest.raises(ComputeTargetException, match="its steps run on this machine"):
        target.get_credentials()


def test_the_environment_names_the_host_and_the_token_of_a_placeholder(
    ws: Workspace,
    databricks: LoopbackDatabricks,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", databricks.host + "/")
    monkeypatch.setenv("DATABRICKS_TOKEN", databricks.token)
    target = attach(ws, access_token=PLACEHOLDER)
    assert host_of(target) == databricks.host
    assert capsys.readouterr().out == (
        f"Compute target 'bricks': steps run at {databricks.host} (DATABRICKS_HOST).\n"
    )
    assert target.get_credentials() == {
        "computeType": "Databricks",
        "databricksAccessToken": databricks.token,
    }
    assert databricks.paths() == ["preview/scim/v2/Me"]
    assert host_of(attach(ws, host="local")) == "local"  # what is said wins, and the token is forgotten
    with pytest.raises(ComputeTargetException, match="has no access token"):
        ComputeTarget(ws, "bricks").get_credentials()  # type: ignore[attr-defined]


def test_a_given_host_needs_no_other_name(ws: Workspace, databricks: LoopbackDatabricks) -> None:
    target = attach(
        ws, resource_group=None, workspace_name=None, host=databricks.host, access_token=databricks.token
    )
    assert host_of(target) == databricks.host
    with pytest.raises(ComputeTargetException, match="resource_group and workspace_name missing"):
        DatabricksCompute.attach_configuration()


def test_a_spark_cluster_has_no_token(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    target = attach(ws, host="spark://node:7077")
    assert (host_of(target), target._record.is_elsewhere) == ("spark://node:7077", False)
    assert capsys.readouterr().out == "Compute target 'bricks': steps run at spark://node:7077 (host=).\n"


def test_https_is_understood(ws: Workspace) -> None:
    target = attach(ws, host="adb-1.2.azuredatabricks.net", access_token="t", skip_validation=True)
    assert host_of(target) == "https://adb-1.2.azuredatabricks.net"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"host": "http://adb-1.2.azuredatabricks.net", "access_token": "t"}, "Write https://"),
        ({"host": "ftp://adb", "access_token": "t"}, "no host of Databricks"),
        ({"host": "https://adb/path", "access_token": "t"}, "no host of Databricks"),
        ({"host": "https://user@adb", "access_token": "t"}, "no host of Databricks"),
        ({"host": "https://[::1", "access_token": "t"}, "no host of Databricks"),
        ({"host": "https://adb", "access_token": PLACEHOLDER}, "needs an access token"),
        ({"host": "http://127.0.0.1:9", "access_token": "t"}, "could not be reached"),
        ({"host": "https://adb", "access_token": "t", "upload_path": "C:/"}, "upload_path is 'C:/'"),
    ],
)
def test_hosts_that_are_refused(ws: Workspace, given: dict[str, str], words: str) -> None:
    with pytest.raises(ComputeTargetException, match=words):
        attach(ws, **given)
    assert ws.compute_targets == {}


# --- the token -----------------------------------------------------------------------------------------------


def test_a_token_that_is_not_accepted(ws: Workspace, databricks: LoopbackDatabricks) -> None:
    with pytest.raises(ComputeTargetException, match=r"does not accept the access token \(403\)") as caught:
        attach(ws, host=databricks.host, access_token="dapi-wrong")
    assert "dapi-wrong" not in str(caught.value)
    attach(ws, host=databricks.host, access_token="dapi-wrong", skip_validation=True)


def test_a_host_that_is_no_databricks(ws: Workspace, databricks: LoopbackDatabricks) -> None:
    databricks.refusals.plan("Me", Refused(404, "NOT_FOUND", "none"))
    with pytest.raises(ComputeTargetException, match=r"answers as no Databricks workspace does \(404"):
        attach(ws, host=databricks.host, access_token=databricks.token)


def test_the_token_stands_nowhere_in_plain_text(
    ws: Workspace, home: Path, databricks: LoopbackDatabricks, capsys: pytest.CaptureFixture[str]
) -> None:
    target = attach(ws, host=databricks.host, access_token=databricks.token)
    shown = [json.dumps(target.serialize()), repr(target), repr(target._record), capsys.readouterr().out]
    assert not [text for text in shown if databricks.token in text]
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert databricks.token.encode() not in stored
    found = ComputeTarget(ws, "bricks")
    assert isinstance(found, DatabricksCompute)
    assert found.get_credentials()["databricksAccessToken"] == databricks.token
