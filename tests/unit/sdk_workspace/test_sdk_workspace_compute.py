"""Compute targets: definitions are checked at once, lookups give the exact class, clusters get their nodes."""

from __future__ import annotations

import contextlib
import copy
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Workspace
from azureml.core.compute import (
    AdlaCompute,
    AmlCompute,
    BatchCompute,
    ComputeTarget,
    DatabricksCompute,
    DataFactoryCompute,
    RemoteCompute,
)
from azureml.core.compute.amlcompute import AmlComputeStatus, ScaleSettings
from azureml.core.compute_target import AbstractComputeTarget, LocalTarget
from azureml.exceptions import ComputeTargetException, UserErrorException

V1_STATUS_KEYS = [
    "currentNodeCount",
    "targetNodeCount",
    "nodeStateCounts",
    "allocationState",
    "allocationStateTransitionTime",
    "errors",
    "creationTime",
    "modifiedTime",
    "provisioningState",
    "provisioningStateTransitionTime",
    "scaleSettings",
    "vmPriority",
    "vmSize",
]


@pytest.fixture
def ws(home: Path) -> Workspace:
    return Workspace.create("first", show_output=False)


def _cluster(ws: Workspace, name: str = "aml-compute", **changes: Any) -> AmlCompute:
    config = AmlCompute.provisioning_configuration(**{"vm_size": "STANDARD_NC6", "max_nodes": 4, **changes})
    made = ComputeTarget.create(ws, name, config)
    assert type(made) is AmlCompute
    return made


# --- definitions ---


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "max_nodes is missing"),
        ({"max_nodes": -1}, "max_nodes is -1"),
        ({"max_nodes": "4"}, "max_nodes is '4'"),
        ({"max_nodes": True}, "max_nodes is True"),
        ({"max_nodes": 1, "min_nodes": 2}, r"max_nodes \(1\) is below min_nodes \(2\)"),
        ({"max_nodes": 1, "idle_seconds_before_scaledown": -5}, "idle_seconds_before_scaledown is -5"),
        (
            {"max_nodes": 1, "vm_priority": "spot"},
            "vm_priority is 'spot'. Expected one of 'dedicated', 'lowpriority'",
        ),
        (
            {"max_nodes": 1, "vm_size": "STANDRD_NC6"},
            "not a known size. The nearest known ones: .*Standard_NC6",
        ),
        ({"max_nodes": 1, "vm_size": 6}, "vm_size is 6"),
        ({"max_nodes": 1, "admin_username": "me"}, "admin_username is given without a credential"),
        ({"max_nodes": 1, "admin_user_password": "pw"}, "without admin_username"),
        ({"max_nodes": 1, "vnet_name": "v"}, "vnet_resourcegroup_name, subnet_name is missing"),
        ({"max_nodes": 1, "identity_type": "UserAssigned"}, "needs identity_id"),
        ({"max_nodes": 1, "identity_id": ["x"]}, "identity_type is not 'UserAssigned'"),
        ({"max_nodes": 1, "identity_type": "Mine"}, "identity_type is 'Mine'"),
        ({"max_nodes": 1, "remote_login_port_public_access": "Open"}, "Expected one of 'Enabled'"),
    ],
)
def test_definition_is_checked_when_it_is_made(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ComputeTargetException, match=says):
        AmlCompute.provisioning_configuration(**given)


def test_idle_time_may_be_text(ws: Workspace) -> None:
    cluster = _cluster(ws, idle_seconds_before_scaledown="300")
    assert cluster.scale_settings.idle_seconds_before_scaledown == 300
    cluster.update(idle_seconds_before_scaledown="60")
    assert AmlCompute(ws, "aml-compute").scale_settings.serialize()["nodeIdleTimeBeforeScaleDown"] == "PT60S"
    with pytest.raises(ComputeTargetException, match="idle_seconds_before_scaledown is '5 minutes'"):
        cluster.update(idle_seconds_before_scaledown="5 minutes")


def test_secrets_of_a_definition_are_not_kept(ws: Workspace, home: Path) -> None:
    cluster = _cluster(ws, admin_username="me", admin_user_password="Very-Secret-1")
    assert cluster.admin_username == "me"
    assert cluster.admin_user_password is None
    assert "Very-Secret-1" not in _everything_stored(home)


def _everything_stored(home: Path) -> str:
    with contextlib.closing(sqlite3.connect(home / "lazulite.db")) as connection:
        return "\n".join(connection.iterdump())


# --- finding ---


def test_missing_target_starts_with_v1s_word(ws: Workspace) -> None:
    _cluster(ws)
    for cls in (ComputeTarget, AmlCompute):
        with pytest.raises(
            ComputeTargetException, match=r"^ComputeTargetNotFound.*Did you mean 'aml-compute'"
        ):
            cls(ws, "aml-computer")
    with pytest.raises(ComputeTargetException, match=r"^ComputeTargetNotFound.*compute_target='local'"):
        ComputeTarget(ws, "local")
    with pytest.raises(ComputeTargetException, match=r"^ComputeTargetNotFound"):
        ComputeTarget(workspace=ws, name="<databricks_compute_name>")


def test_lookup_gives_the_class_of_the_record(ws: Workspace) -> None:
    _cluster(ws)
    ComputeTarget.attach(
        ws, "bricks", DatabricksCompute.attach_configuration("rg", "dbws", access_token="token")
    )
    assert type(ComputeTarget(ws, "aml-compute")) is AmlCompute
    found: ComputeTarget = AmlCompute(ws, "bricks")
    assert type(found) is DatabricksCompute
    assert {name: type(one) for name, one in ws.compute_targets.items()} == {
        "aml-compute": AmlCompute,
        "bricks": DatabricksCompute,
    }
    assert [one.name for one in ComputeTarget.list(ws)] == ["aml-compute", "bricks"]


@pytest.mark.parametrize("name", ["local", "AmlCompute", "containerinstance"])
def test_reserved_names(ws: Workspace, name: str) -> None:
    with pytest.raises(UserErrorException, match="is reserved"):
        _cluster(ws, name)


@pytest.mark.parametrize("name", ["a", "1abc", "with_underscore", "x" * 33, "end-", "../up", 5])
def test_other_names_are_checked(ws: Workspace, name: Any) -> None:
    with pytest.raises(ComputeTargetException, match=r"is not a valid compute name. Expected 2 to 32"):
        _cluster(ws, name)
    assert ws.compute_targets == {}


def test_creating_again_updates_what_may_change(ws: Workspace) -> None:
    first = _cluster(ws)
    again = _cluster(ws, max_nodes=2, description="smaller")
    assert (again.scale_settings.maximum_node_count, again.description) == (2, "smaller")
    assert again.created_on == first.created_on
    with pytest.raises(ComputeTargetException, match="exists already, with vm_size 'STANDARD_NC6'"):
        _cluster(ws, vm_size="STANDARD_D2_V2")
    with pytest.raises(ComputeTargetException, match="exists already, with type 'AmlCompute'"):
        ComputeTarget.attach(ws, "aml-compute", AdlaCompute.attach_configuration("rg", "account"))


def test_wrong_objects_instead_of_configurations(ws: Workspace) -> None:
    with pytest.raises(ComputeTargetException, match=r"Expected what AmlCompute.provisioning_configuration"):
        ComputeTarget.create(ws, "cpu", {"max_nodes": 1})  # type: ignore[arg-type]
    with pytest.raises(ComputeTargetException, match="Expected what the attach_configuration"):
        ComputeTarget.attach(ws, "cpu", None)  # type: ignore[arg-type]


# --- state ---


def test_status_has_v1s_keys(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = _cluster(ws)
    cluster.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
    out = capsys.readouterr().out
    assert out.startswith("Succeeded\nAmlCompute wait for completion finished\n")
    assert "Minimum number of nodes requested have been provisioned" in out
    status = cluster.status.serialize()
    assert list(status) == V1_STATUS_KEYS
    assert status["scaleSettings"] == {
        "minNodeCount": 0,
        "maxNodeCount": 4,
        "nodeIdleTimeBeforeScaleDown": "PT1800S",
    }
    assert (status["allocationState"], status["vmPriority"], status["vmSize"]) == (
        "Steady",
        "Dedicated",
        "STANDARD_NC6",
    )
    again = AmlComputeStatus.deserialize(status)
    assert again is not None
    assert again.serialize() == status


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT1800S", 1800), ("PT2M", 120), ("P1DT1H", 90000), ("PT0.5S", 0.5)]
)
def test_idle_times(text: str, seconds: float) -> None:
    settings = ScaleSettings.deserialize({"minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": text})
    assert settings is not None
    assert settings.idle_seconds_before_scaledown == seconds


def test_nodes_come_and_are_counted(ws: Workspace) -> None:
    cluster = _cluster(ws, vm_size="", min_nodes=2, max_nodes=3)
    cluster.wait_for_completion(timeout_in_minutes=1)
    status = cluster.get_status()
    assert status.current_node_count == 2
    assert status.serialize()["nodeStateCounts"]["idleNodeCount"] == 2
    assert [node["nodeState"] for node in cluster.list_nodes()] == ["idle", "idle"]
    cluster.delete()


def test_waiting_for_nodes_that_cannot_come_ends(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = _cluster(ws)
    cluster.wait_for_completion(True, 1, 20)
    assert "keeps min_nodes=0 nodes while it has no work" in capsys.readouterr().out
    with pytest.raises(ComputeTargetException, match="has 4 nodes at most; min_node_count is 5"):
        cluster.wait_for_completion(min_node_count=5)


def test_update(ws: Workspace) -> None:
    cluster = _cluster(ws)
    cluster.update(max_nodes=2, idle_seconds_before_scaledown=60)
    settings = AmlCompute(ws, "aml-compute").status.scale_settings
    assert settings is not None
    assert settings.serialize() == {
        "minNodeCount": 0,
        "maxNodeCount": 2,
        "nodeIdleTimeBeforeScaleDown": "PT60S",
    }
    with pytest.raises(ComputeTargetException, match=r"max_nodes \(2\) is below min_nodes \(3\)"):
        cluster.update(min_nodes=3)
    assert AmlCompute(ws, "aml-compute").scale_settings.minimum_node_count == 0


def test_delete(ws: Workspace) -> None:
    cluster = _cluster(ws)
    with pytest.raises(ComputeTargetException, match="Use delete"):
        cluster.detach()
    cluster.delete()
    cluster.wait_for_completion(is_delete_operation=True)
    assert ws.compute_targets == {}
    with pytest.raises(ComputeTargetException, match=r"^ComputeTargetNotFound"):
        cluster.refresh_state()


def test_as_data_and_back(ws: Workspace) -> None:
    cluster = _cluster(ws, tags={"a": "b"})
    data = json.loads(json.dumps(cluster.serialize()))
    assert (data["name"], data["tags"], data["properties"]["computeType"]) == (
        "aml-compute",
        {"a": "b"},
        "AmlCompute",
    )
    assert AmlCompute.deserialize(ws, data).id == cluster.id
    with pytest.raises(ComputeTargetException, match="is a AmlCompute, not a DatabricksCompute"):
        DatabricksCompute.deserialize(ws, data)
    with pytest.raises(ComputeTargetException, match="no serialized compute target"):
        ComputeTarget.deserialize(ws, {})
    assert copy.copy(cluster).name == "aml-compute"


def test_sizes_and_quotas(ws: Workspace) -> None:
    sizes = {row["name"]: row for row in AmlCompute.supported_vmsizes(ws)}
    assert sizes["Standard_NC6"] == {"name": "Standard_NC6", "vCPUs": 6, "gpus": 1, "memoryGB": 56}
    assert AmlCompute.list_usages(ws) == []
    with pytest.raises(ComputeTargetException, match="no quotas"):
        AmlCompute.update_quotas(ws, "family")


# --- attached ---

ATTACHED = [
    (DatabricksCompute, "workspace_name", "Microsoft.Databricks/workspaces"),
    (AdlaCompute, "account_name", "Microsoft.DataLakeAnalytics/accounts"),
    (DataFactoryCompute, "factory_name", "Microsoft.DataFactory/factories"),
    (BatchCompute, "account_name", "Microsoft.Batch/batchAccounts"),
]


@pytest.mark.parametrize(("cls", "word", "provider"), ATTACHED)
def test_attaching_records_the_place(ws: Workspace, cls: Any, word: str, provider: str) -> None:
    config = cls.attach_configuration(resource_group="rg", **{word: "it"})
    target = ComputeTarget.attach(ws, "outside", config)
    target.wait_for_completion(True)
    found: Any = ComputeTarget(ws, "outside")
    assert type(found) is cls
    assert target.is_attached
    assert target.get_status() == "Succeeded"
    resource_id = f"/subscriptions/s/resourceGroups/rg/providers/{provider}/it"
    again = ComputeTarget.attach(ws, "outside", cls.attach_configuration(resource_id=resource_id))
    assert again.cluster_resource_id == resource_id
    again.detach()
    assert ws.compute_targets == {}


@pytest.mark.parametrize(("cls", "word", "provider"), ATTACHED)
def test_attach_configuration_names_the_place_once(cls: Any, word: str, provider: str) -> None:
    with pytest.raises(ComputeTargetException, match=f"resource_group and {word} missing"):
        cls.attach_configuration()
    with pytest.raises(ComputeTargetException, match=f"{word} missing"):
        cls.attach_configuration(resource_group="rg")
    resource_id = f"/subscriptions/s/resourceGroups/rg/providers/{provider}/it"
    with pytest.raises(ComputeTargetException, match="both were given"):
        cls.attach_configuration(resource_group="rg", resource_id=resource_id)
    for wrong in (resource_id + "/more", resource_id.replace(provider, "Microsoft.Other/things"), "it"):
        with pytest.raises(ComputeTargetException, match=f"Expected /subscriptions/.*{provider}/<name>"):
            cls.attach_configuration(resource_id=wrong)


def test_what_was_attached_is_not_deleted(ws: Workspace) -> None:
    target = ComputeTarget.attach(ws, "bricks", DatabricksCompute.attach_configuration("rg", "dbws"))
    with pytest.raises(ComputeTargetException, match=r"Use detach\(\)"):
        target.delete()
    with pytest.raises(ComputeTargetException, match=r"deprecated since long. Use ComputeTarget.attach"):
        DatabricksCompute.attach(ws, "x", "id", "token")


def test_remote_machine(ws: Workspace, home: Path, tmp_path: Path) -> None:
    key = tmp_path / "id_rsa"
    key.write_text("PRIVATE-KEY")
    config = RemoteCompute.attach_configuration(
        "me", address="host", private_key_file=str(key), ssh_port=2222
    )
    target = ComputeTarget.attach(ws, "machine", config)
    assert isinstance(target, RemoteCompute)
    assert (target.address, target.ssh_port, target.type) == ("host", 2222, "VirtualMachine")
    assert "PRIVATE-KEY" not in _everything_stored(home)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"username": ""}, "username is missing"),
        ({"username": "me"}, "Name the machine in one way"),
        ({"username": "me", "address": "h", "resource_id": "i"}, "Name the machine in one way"),
        ({"username": "me", "vm_name": "v"}, "Name the machine in one way"),
        ({"username": "me", "address": "h"}, "No credential"),
        ({"username": "me", "address": "h", "password": "p", "ssh_port": 0}, "ssh_port is 0"),
        ({"username": "me", "address": "h", "private_key_file": "/no/such/key"}, "does not exist"),
    ],
)
def test_remote_machine_is_checked(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ComputeTargetException, match=says):
        RemoteCompute.attach_configuration(**given)


def test_local_target() -> None:
    assert (LocalTarget().name, LocalTarget().type) == ("local", "local")
    assert isinstance(AbstractComputeTarget.deserialize_from_dict("x", {"type": "local"}), LocalTarget)
    assert AbstractComputeTarget.deserialize_from_dict("x", {"type": "remote"}).type == "remote"
    with pytest.raises(UserErrorException, match="has no 'type'"):
        AbstractComputeTarget.deserialize_from_dict("x", {})
