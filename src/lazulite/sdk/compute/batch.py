"""A Batch account as a compute target: a record of where it is. v1: `azureml.core.compute.BatchCompute`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.attached import (
    AttachedCompute,
    check_place,
    record_of,
    refuse_delete,
)
from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.target import deserialized

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "Batch"


class BatchAttachConfiguration(ComputeTargetAttachConfiguration):
    """Which Batch account is meant.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, account_name) and resource_id is given.
    """

    def __init__(
        self,
        resource_group: str | None = None,
        account_name: str | None = None,
        resource_id: str | None = None,
    ) -> None:
        super().__init__(_KIND)
        self.resource_group = resource_group
        self.account_name = account_name
        self.resource_id = resource_id
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check which names are given.

        Raises:
            ComputeTargetException: not exactly one of (resource_group, account_name) and resource_id is given.
        """
        names = {"resource_group": self.resource_group, "account_name": self.account_name}
        check_place("Microsoft.Batch/batchAccounts", names, self.resource_id)

    def _record(self, name: str) -> Record:
        facts = {
            "resource_group": self.resource_group,
            "account_name": self.account_name,
            "resource_id": self.resource_id,
        }
        return record_of(_KIND, name, facts)


class BatchCompute(AttachedCompute):
    """A Batch account that is recorded as a compute target. This version has no step that runs on it.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.
    """

    _TYPE: ClassVar[str] = _KIND

    @staticmethod
    def attach_configuration(
        resource_group: str | None = None, account_name: str | None = None, resource_id: str | None = None
    ) -> BatchAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Args:
            resource_group: Its resource group, together with `account_name`.
            account_name: Its name.
            resource_id: Its id, instead of the other two.

        Raises:
            ComputeTargetException: not exactly one of the two ways is used, or the id is of another kind.
        """
        return BatchAttachConfiguration(resource_group, account_name, resource_id)

    def delete(self) -> None:
        """Refused, as in v1: what was attached is detached.

        Raises:
            ComputeTargetException: always.
        """
        refuse_delete("BatchCompute")

    @staticmethod
    def deserialize(workspace: Workspace, object_dict: Mapping[str, Any]) -> BatchCompute:
        """Return the target that `serialize` made the dict of, as it is now.

        Raises:
            ComputeTargetException: the dict names no such target, or the workspace has none of that name.
        """
        return deserialized(BatchCompute, workspace, object_dict)
