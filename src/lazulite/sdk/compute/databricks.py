"""A Databricks workspace as a compute target: a record of where it is. v1: `azureml.core.compute.DatabricksCompute`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.attached import (
    AttachedCompute,
    check_place,
    record_of,
    refuse_delete,
    refuse_old_attach,
)
from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.target import deserialized

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "Databricks"


class DatabricksAttachConfiguration(ComputeTargetAttachConfiguration):
    """Which Databricks workspace is meant; `access_token` is used for nothing yet, and not recorded.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, workspace_name) and resource_id is given.
    """

    def __init__(
        self,
        resource_group: str | None = None,
        workspace_name: str | None = None,
        resource_id: str | None = None,
        access_token: str = "",
    ) -> None:
        super().__init__(_KIND)
        self.resource_group = resource_group
        self.workspace_name = workspace_name
        self.resource_id = resource_id
        self.access_token = access_token
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check which names are given.

        Raises:
            ComputeTargetException: not exactly one of (resource_group, workspace_name) and resource_id is given.
        """
        names = {"resource_group": self.resource_group, "workspace_name": self.workspace_name}
        check_place("Microsoft.Databricks/workspaces", names, self.resource_id)

    def _record(self, name: str) -> Record:
        facts = {
            "resource_group": self.resource_group,
            "workspace_name": self.workspace_name,
            "resource_id": self.resource_id,
        }
        return record_of(_KIND, name, facts)


class DatabricksCompute(AttachedCompute):
    """A Databricks workspace that is recorded as a compute target. This version has no step that runs on it.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.
    """

    _TYPE: ClassVar[str] = _KIND

    @staticmethod
    def attach_configuration(
        resource_group: str | None = None,
        workspace_name: str | None = None,
        resource_id: str | None = None,
        access_token: str = "",
    ) -> DatabricksAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Args:
            resource_group: Its resource group, together with `workspace_name`.
            workspace_name: Its name.
            resource_id: Its id, instead of the other two.
            access_token: A token of yours. It is **not kept**: it stays in the configuration object only.

        Raises:
            ComputeTargetException: not exactly one of the two ways is used, or the id is of another kind.
        """
        return DatabricksAttachConfiguration(resource_group, workspace_name, resource_id, access_token)

    @staticmethod
    def attach(workspace: Workspace, name: str, resource_id: str, access_token: str) -> NoReturn:  # type: ignore[override]
        """Refused, as in v1: use `ComputeTarget.attach`.

        Raises:
            ComputeTargetException: always.
        """
        refuse_old_attach("DatabricksCompute")

    def delete(self) -> None:
        """Refused, as in v1: what was attached is detached.

        Raises:
            ComputeTargetException: always.
        """
        refuse_delete("DatabricksCompute")

    @staticmethod
    def deserialize(workspace: Workspace, object_dict: Mapping[str, Any]) -> DatabricksCompute:
        """Return the target that `serialize` made the dict of, as it is now.

        Raises:
            ComputeTargetException: the dict names no such target, or the workspace has none of that name.
        """
        return deserialized(DatabricksCompute, workspace, object_dict)
