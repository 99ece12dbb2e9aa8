"""The cluster: min_nodes to max_nodes worker nodes on this machine. v1: `azureml.core.compute.AmlCompute`.

A node is a process that runs one step at a time; `vm_size` bounds what a step on it may use. Nodes start when a step
needs one, and stop after `idle_seconds_before_scaledown` without work, down to `min_nodes`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.assets import ComputeTarget as Record
from lazulite.model.run import RunQuery, RunStatus
from lazulite.sdk.compute.amlcompute_cloud import CloudMembers
from lazulite.sdk.compute.amlcompute_definition import (
    AmlComputeProvisioningConfiguration,
    check_scale,
    idle_time,
)
from lazulite.sdk.compute.amlcompute_status import AmlComputeStatus, ScaleSettings, status_of
from lazulite.sdk.compute.amlcompute_waiting import wait_for_nodes
from lazulite.sdk.compute.recorded import stored
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.exceptions import ComputeTargetException, v1_errors

if TYPE_CHECKING:
    from lazulite.model.assets import Node
    from lazulite.sdk.run import Run
    from lazulite.sdk.workspace import Workspace

_Rows = list[dict[str, Any]]


class AmlCompute(ComputeTarget, CloudMembers):
    """A cluster of worker nodes on this machine.

    Args:
        workspace: The workspace.
        name: The cluster's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.

    Example:
        `config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=4)`, then
        `cluster = ComputeTarget.create(ws, "cpu-cluster", config)`, `cluster.wait_for_completion(show_output=True)`.
    """

    _TYPE: ClassVar[str] = "AmlCompute"

    vm_size: str
    vm_priority: str
    scale_settings: ScaleSettings
    admin_username: str | None
    admin_user_password: None  # never kept
    admin_user_ssh_key: None  # never kept
    vnet_resourcegroup_name: str | None
    vnet_name: str | None
    subnet_name: str | None
    remote_login_port_public_access: str | None
    identity_type: str | None
    identity_id: Any
    #: The state when the object was made, or last refreshed; `get_status()` asks again.
    status: AmlComputeStatus

    def _fill(self, workspace: Workspace, record: Record) -> None:
        super()._fill(workspace, record)
        self.vm_size = record.vm_size
        self.vm_priority = record.vm_priority
        self.scale_settings = ScaleSettings(
            record.min_nodes, record.max_nodes, record.idle_seconds_before_scaledown
        )
        self.admin_user_password = self.admin_user_ssh_key = None
        for word in (
            "admin_username",
            "vnet_resourcegroup_name",
            "vnet_name",
            "subnet_name",
            "remote_login_port_public_access",
            "identity_type",
            "identity_id",
        ):
            setattr(self, word, record.extra.get(word))
        self.status = status_of(record, self._nodes())

    def _nodes(self) -> tuple[Node, ...]:
        with v1_errors(ComputeTargetException):
            return self.workspace._service.get_nodes(self.workspace._id, self.name)  # noqa: SLF001

    @staticmethod
    def provisioning_configuration(
        vm_size: str = "",
        vm_priority: str = "dedicated",
        min_nodes: int = 0,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: float | str = 1800,
        admin_username: str | None = None,
        admin_user_password: str | None = None,
        admin_user_ssh_key: str | None = None,
        vnet_resourcegroup_name: str | None = None,
        vnet_name: str | None = None,
        subnet_name: str | None = None,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        remote_login_port_public_access: str = "NotSpecified",
        identity_type: str | None = None,
        identity_id: list[str] | None = None,
        location: str | None = None,
        enable_node_public_ip: bool = True,
    ) -> AmlComputeProvisioningConfiguration:
        """Return the definition of a cluster, for `ComputeTarget.create`.

        Args:
            vm_size: The name of a size, which bounds cores, memory and GPUs of a step; empty: the whole machine.
            vm_priority: "dedicated" or "lowpriority". Nodes of one's own machine are never taken away.
            min_nodes: Nodes that are always there.
            max_nodes: Nodes at most: so many steps run at once. Required.
            idle_seconds_before_scaledown: Seconds without work after which a node stops.
            tags: Words and values for people.
            description: A text for people.

        Login, network, identity and location parameters are checked as in v1, kept without secrets, and have no
        effect: no account is made and no port is opened on this machine.

        Raises:
            ComputeTargetException: a value is missing, wrong, or contradicts another.
        """
        return AmlComputeProvisioningConfiguration(
            vm_size,
            vm_priority,
            min_nodes,
            max_nodes,
            idle_seconds_before_scaledown,
            admin_username,
            admin_user_password,
            admin_user_ssh_key,
            vnet_resourcegroup_name,
            vnet_name,
            subnet_name,
            tags,
            description,
            remote_login_port_public_access,
            identity_type,
            identity_id,
            location,
            enable_node_public_ip,
        )

    # --- state ---

    # v1 put its own parameters before the inherited one.
    def wait_for_completion(  # type: ignore[override]
        self,
        show_output: bool = False,
        min_node_count: int | None = None,
        timeout_in_minutes: float = 25,
        is_delete_operation: bool = False,
    ) -> None:
        """Wait until the cluster has its nodes.

        Args:
            show_output: Print the state when it changes, and the result.
            min_node_count: Wait for so many nodes that are ready; without it for `min_nodes`.
            timeout_in_minutes: Minutes after which to stop waiting; as in v1 this prints, and does not raise.
            is_delete_operation: The cluster was deleted: return at once.

        A cluster keeps `min_nodes` nodes while nothing needs more. Waiting for more than that could never end, and
        returns at once with a printed notice.

        Raises:
            ComputeTargetException: the cluster does not exist any more, or `min_node_count` is above `max_nodes`.
        """
        if is_delete_operation:
            if show_output:
                print("Deleted")
            return
        self.refresh_state()
        count = self._record.min_nodes if min_node_count is None else min_node_count
        if count > self._record.max_nodes:
            raise ComputeTargetException(
                f"Cluster {self.name!r} has {self._record.max_nodes} nodes at most; min_node_count is {count}."
            )
        deadline = time.monotonic() + timeout_in_minutes * 60
        result = wait_for_nodes(self, count, deadline, show_output=show_output)
        if show_output:
            print(f"AmlCompute wait for completion finished\n\n{result}")

    def get_status(self) -> AmlComputeStatus:
        """Return the state of the cluster as it is now.

        Raises:
            ComputeTargetException: the cluster does not exist any more.
        """
        self.refresh_state()
        return self.status

    def get(self) -> AmlCompute:
        """Read the cluster again, and return it.

        Raises:
            ComputeTargetException: the cluster does not exist any more.
        """
        self.refresh_state()
        return self

    def list_nodes(self) -> _Rows:
        """Return one dict for each node: nodeId, nodeState, runId (of the step it runs), and v1's network keys."""
        return [
            {
                "nodeId": node.id,
                "nodeState": node.state.value,
                "runId": node.run_id,
                "port": None,
                "publicIpAddress": None,
                "privateIpAddress": None,
            }
            for node in self._nodes()
        ]

    def get_active_runs(
        self,
        type: str | None = None,  # noqa: A002 - v1's name
        tags: Any = None,
        properties: Any = None,
        status: str | None = None,
    ) -> Iterator[Run]:
        """Return the runs that use the cluster now or wait for it, newest first.

        Args:
            type: Only runs of this type, such as azureml.StepRun.
            tags: Only runs that have this tag (text), or these tags with these values (dict).
            properties: As `tags`, of properties.
            status: Only runs with this status, such as Running.
        """
        from lazulite.sdk.run import run_of
        from lazulite.sdk.run_queries import filters, pages

        fields = filters(type, tags, properties, status)
        if fields is None:
            return
        active = tuple(one for one in fields["statuses"] or RunStatus if not one.is_terminal)
        if not active:
            return
        query = RunQuery(**{**fields, "statuses": active}, target=self.name)
        for record in pages(self.workspace._service, self.workspace._id, query):  # noqa: SLF001
            yield run_of(self.workspace, record)

    # --- changing it ---

    def update(
        self,
        min_nodes: int | None = None,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: float | str | None = None,
    ) -> None:
        """Change the scale settings; None leaves one as it is. Nodes beyond the new maximum stop as they get idle.

        Raises:
            ComputeTargetException: the values are wrong, or the cluster does not exist any more.
        """
        self.refresh_state()
        given: dict[str, Any] = {
            "min_nodes": min_nodes,
            "max_nodes": max_nodes,
            "idle_seconds_before_scaledown": idle_time(idle_seconds_before_scaledown),
        }
        record = replace(self._record, **{name: value for name, value in given.items() if value is not None})
        check_scale(ScaleSettings(record.min_nodes, record.max_nodes, record.idle_seconds_before_scaledown))
        seconds = float(record.idle_seconds_before_scaledown)
        self._fill(
            self.workspace, stored(self.workspace, replace(record, idle_seconds_before_scaledown=seconds))
        )

    def detach(self) -> None:
        """Refused, as in v1: a cluster is deleted.

        Raises:
            ComputeTargetException: always.
        """
        raise ComputeTargetException("A cluster was created, not attached. Use delete() instead of detach().")

    # --- as data ---

    def serialize(self) -> dict[str, Any]:
        """Return the cluster as a dict that `json.dumps` takes."""
        data = super().serialize()
        data["properties"]["status"] = self.status.serialize()
        return data

    def _own_properties(self) -> dict[str, Any]:
        return {
            "vmSize": self.vm_size,
            "vmPriority": self.vm_priority,
            "scaleSettings": self.scale_settings.serialize(),
            **super()._own_properties(),
        }
