"""The definition of a cluster, checked the moment it is written down.

v1: `azureml.core.compute.amlcompute.AmlComputeProvisioningConfiguration`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from lazulite.model.assets import ComputeTarget as Record
from lazulite.model.vm_sizes import SIZES, size
from lazulite.sdk.compute.amlcompute_status import ScaleSettings
from lazulite.sdk.compute.configurations import ComputeTargetProvisioningConfiguration
from lazulite.sdk.exceptions import ComputeTargetException

_PRIORITIES = ("dedicated", "lowpriority")
_ACCESS = ("Enabled", "Disabled", "NotSpecified")
_IDENTITIES = ("SystemAssigned", "UserAssigned")


class AmlComputeProvisioningConfiguration(ComputeTargetProvisioningConfiguration):
    """The definition of a cluster; `AmlCompute.provisioning_configuration` tells what each parameter means.

    Raises:
        ComputeTargetException: a value is missing, wrong, or contradicts another.
    """

    def __init__(
        self,
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
        compute_location: str | None = None,
        enable_node_public_ip: bool = True,
    ) -> None:
        super().__init__("AmlCompute", compute_location)
        self.vm_size = vm_size
        self.vm_priority = vm_priority
        self.scale_settings = ScaleSettings(min_nodes, max_nodes, idle_time(idle_seconds_before_scaledown))
        self.admin_username = admin_username
        self.admin_user_password = admin_user_password
        self.admin_user_ssh_key = admin_user_ssh_key
        self.vnet_resourcegroup_name = vnet_resourcegroup_name
        self.vnet_name = vnet_name
        self.subnet_name = subnet_name
        self.tags = tags
        self.description = description
        self.remote_login_port_public_access = remote_login_port_public_access
        self.identity_type = identity_type
        self.identity_id = identity_id
        self.compute_location = compute_location
        self.enable_node_public_ip = enable_node_public_ip
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check all values.

        Raises:
            ComputeTargetException: a value is missing, wrong, or contradicts another.
        """
        check_size(self.vm_size)
        check_choice("vm_priority", str(self.vm_priority).lower(), _PRIORITIES)
        check_scale(self.scale_settings)
        check_choice("remote_login_port_public_access", self.remote_login_port_public_access, _ACCESS)
        self._check_login()
        self._check_network()
        self._check_identity()
        if self.tags is not None and not isinstance(self.tags, Mapping):
            raise ComputeTargetException(f"tags is {self.tags!r}. Expected a dict of text to text.")

    def _check_login(self) -> None:
        secrets = (self.admin_user_password, self.admin_user_ssh_key)
        if any(secrets) and not self.admin_username:
            raise ComputeTargetException(
                "admin_user_password or admin_user_ssh_key is given without admin_username."
            )
        if self.admin_username and not any(secrets):
            raise ComputeTargetException(
                "admin_username is given without a credential. Give admin_user_password or admin_user_ssh_key too."
            )

    def _check_network(self) -> None:
        network = {
            "vnet_resourcegroup_name": self.vnet_resourcegroup_name,
            "vnet_name": self.vnet_name,
            "subnet_name": self.subnet_name,
        }
        missing = [name for name, value in network.items() if not value]
        if missing and len(missing) < len(network):
            raise ComputeTargetException(
                f"A virtual network needs all of {', '.join(network)}, or none; {', '.join(missing)} is missing."
            )

    def _check_identity(self) -> None:
        if self.identity_type is not None:
            check_choice("identity_type", self.identity_type, _IDENTITIES)
        if self.identity_type == "UserAssigned" and not self.identity_id:
            raise ComputeTargetException(
                "identity_type 'UserAssigned' needs identity_id: a list of identities."
            )
        if self.identity_type != "UserAssigned" and self.identity_id:
            raise ComputeTargetException("identity_id is given, but identity_type is not 'UserAssigned'.")

    def _record(self, name: str) -> Record:
        scale = self.scale_settings
        kept = {
            "admin_username": self.admin_username,
            "vnet_resourcegroup_name": self.vnet_resourcegroup_name,
            "vnet_name": self.vnet_name,
            "subnet_name": self.subnet_name,
            "remote_login_port_public_access": self.remote_login_port_public_access,
            "identity_type": self.identity_type,
            "identity_id": self.identity_id,
            "location": self.compute_location,
            "enable_node_public_ip": self.enable_node_public_ip,
        }
        return Record(
            name=name,
            vm_size=self.vm_size,
            vm_priority=str(self.vm_priority).lower(),
            min_nodes=scale.minimum_node_count or 0,
            max_nodes=scale.maximum_node_count or 0,
            idle_seconds_before_scaledown=float(scale.idle_seconds_before_scaledown or 0),
            description=self.description,
            tags={str(key): str(value) for key, value in (self.tags or {}).items()},
            extra={key: value for key, value in kept.items() if value is not None},
        )


def check_size(vm_size: object) -> None:
    """Check that `vm_size` is empty (the whole machine) or the name of a size.

    Raises:
        ComputeTargetException: it is not; the message names the nearest ones.
    """
    if vm_size == "":
        return
    if not isinstance(vm_size, str):
        raise ComputeTargetException(f"vm_size is {vm_size!r}. Expected text such as 'STANDARD_D2_V2'.")
    if size(vm_size) is not None:
        return
    names = {one.name.lower(): one.name for one in SIZES.values()}
    near = difflib.get_close_matches(vm_size.lower(), names, 3)
    hint = (
        f"The nearest known ones: {', '.join(names[name] for name in near)}."
        if near
        else "Expected a name such as 'STANDARD_D2_V2'."
    )
    raise ComputeTargetException(
        f"vm_size {vm_size!r} is not a known size. {hint} AmlCompute.supported_vmsizes(workspace) lists all; "
        "without vm_size a node may use the whole machine."
    )


def check_choice(what: str, value: object, choices: tuple[str, ...]) -> None:
    """Check that `value` is one of `choices`.

    Raises:
        ComputeTargetException: it is not.
    """
    if value not in choices:
        raise ComputeTargetException(f"{what} is {value!r}. Expected one of {', '.join(map(repr, choices))}.")


def idle_time(given: Any) -> Any:
    """Return a number of seconds that is written as text as a number, anything else as it is, for `check_scale`.

    v1 took "300", and much of the code that was written for it says so.
    """
    return int(given) if isinstance(given, str) and given.strip().isdecimal() else given


def check_scale(scale: ScaleSettings) -> None:
    """Check numbers of nodes and the idle time against each other.

    Raises:
        ComputeTargetException: one is missing, not a number, negative, or max_nodes is below min_nodes.
    """
    low, high = scale.minimum_node_count, scale.maximum_node_count
    if high is None:
        raise ComputeTargetException(
            "max_nodes is missing. Give the largest number of nodes the cluster may have."
        )
    for what, value in (("min_nodes", low), ("max_nodes", high)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ComputeTargetException(f"{what} is {value!r}. Expected a whole number, 0 or more.")
    if low is not None and high < low:
        raise ComputeTargetException(f"max_nodes ({high}) is below min_nodes ({low}).")
    idle: Any = scale.idle_seconds_before_scaledown
    if not isinstance(idle, (int, float)) or isinstance(idle, bool) or not 0 <= idle < float("inf"):
        raise ComputeTargetException(
            f"idle_seconds_before_scaledown is {idle!r}. Expected seconds, 0 or more."
        )
