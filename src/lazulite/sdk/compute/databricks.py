"""A Databricks workspace as a compute target: a record of where it is. v1: `azureml.core.compute.DatabricksCompute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn

from lazulite.sdk.compute.attached import AttachedOnlyCompute, PlacedAttachConfiguration, refuse_old_attach

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "Databricks"


class DatabricksAttachConfiguration(PlacedAttachConfiguration):
    """Which Databricks workspace is meant; `access_token` is used for nothing yet, and not recorded.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, workspace_name) and resource_id is given.
    """

    _TYPE: ClassVar[str] = _KIND
    _PROVIDER: ClassVar[str] = "Microsoft.Databricks/workspaces"
    _NAME: ClassVar[str] = "workspace_name"

    workspace_name: str | None

    def __init__(
        self,
        resource_group: str | None = None,
        workspace_name: str | None = None,
        resource_id: str | None = None,
        access_token: str = "",
    ) -> None:
        self.access_token = access_token
        super().__init__(resource_group, workspace_name, resource_id)


class DatabricksCompute(AttachedOnlyCompute):
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
