"""A machine reached by SSH as a compute target: a record of where it is. v1: `azureml.core.compute.RemoteCompute`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.attached import AttachedOnlyCompute, record_of, refuse_old_attach
from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.exceptions import ComputeTargetException

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "VirtualMachine"
_HIGHEST_PORT = 65535


class RemoteComputeAttachConfiguration(ComputeTargetAttachConfiguration):
    """Which machine is meant. Password, key and pass phrase are checked to be there, and not recorded.

    Raises:
        ComputeTargetException: the machine is named in no way or in two, or no credential is given.
    """

    def __init__(
        self,
        username: str,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        vm_name: str | None = None,
        resource_id: str | None = None,
        address: str | None = None,
        ssh_port: int = 22,
        password: str = "",
        private_key_file: str = "",
        private_key_passphrase: str = "",
    ) -> None:
        super().__init__(_KIND)
        self.username = username
        self.subscription_id = subscription_id
        self.resource_group = resource_group
        self.vm_name = vm_name
        self.resource_id = resource_id
        self.address = address
        self.ssh_port = ssh_port
        self.password = password
        self.private_key_file = private_key_file
        self.private_key_passphrase = private_key_passphrase
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check how the machine is named, and that there is a credential.

        Raises:
            ComputeTargetException: the machine is named in no way or in two, or no credential is given.
        """
        if not self.username:
            raise ComputeTargetException("username is missing. Give the name to log in with.")
        azure = (self.resource_group, self.vm_name)
        ways = [bool(self.address), bool(self.resource_id), any(azure)]
        if sum(ways) != 1 or (any(azure) and not all(azure)):
            raise ComputeTargetException(
                "Name the machine in one way: address, or resource_id, or resource_group and vm_name."
            )
        port = self.ssh_port
        if not isinstance(port, int) or isinstance(port, bool) or not 0 < port <= _HIGHEST_PORT:
            raise ComputeTargetException(
                f"ssh_port is {port!r}. Expected a number from 1 to {_HIGHEST_PORT}."
            )
        if not self.password and not self.private_key_file:
            raise ComputeTargetException("No credential is given. Give password or private_key_file.")
        if self.private_key_file and not Path(self.private_key_file).expanduser().is_file():
            raise ComputeTargetException(f"private_key_file {self.private_key_file!r} does not exist.")

    def _record(self, name: str) -> Record:
        facts = {
            "username": self.username,
            "subscription_id": self.subscription_id,
            "resource_group": self.resource_group,
            "vm_name": self.vm_name,
            "resource_id": self.resource_id,
            "address": self.address,
            "ssh_port": self.ssh_port,
        }
        return record_of(_KIND, name, facts)


class RemoteCompute(AttachedOnlyCompute):
    """A machine that is recorded as a compute target. This version runs nothing on it.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.
    """

    _TYPE: ClassVar[str] = _KIND

    vm_size: str | None
    address: str | None
    ssh_port: int | None

    def _fill(self, workspace: Workspace, record: Record) -> None:
        super()._fill(workspace, record)
        self.vm_size = record.extra.get("vm_size")
        self.address = record.extra.get("address")
        self.ssh_port = record.extra.get("ssh_port")

    @staticmethod
    def attach_configuration(
        username: str,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        vm_name: str | None = None,
        resource_id: str | None = None,
        address: str | None = None,
        ssh_port: int = 22,
        password: str = "",
        private_key_file: str = "",
        private_key_passphrase: str = "",
    ) -> RemoteComputeAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Args:
            username: The name to log in with.
            address: Host name or address of the machine; or resource_id; or resource_group and vm_name.
            ssh_port: The port of its SSH server.
            password: A credential; it is **not kept**.
            private_key_file: A credential; neither the file nor its content is kept.
            private_key_passphrase: It is **not kept**.

        Raises:
            ComputeTargetException: the machine is named in no way or in two, or no credential is given.
        """
        return RemoteComputeAttachConfiguration(
            username,
            subscription_id,
            resource_group,
            vm_name,
            resource_id,
            address,
            ssh_port,
            password,
            private_key_file,
            private_key_passphrase,
        )

    @staticmethod
    def attach(  # type: ignore[override]
        workspace: Workspace,
        name: str,
        username: str,
        address: str,
        ssh_port: int = 22,
        password: str = "",
        private_key_file: str = "",
        private_key_passphrase: str = "",
    ) -> NoReturn:
        """Refused, as in v1: use `ComputeTarget.attach`.

        Raises:
            ComputeTargetException: always.
        """
        refuse_old_attach("RemoteCompute")
