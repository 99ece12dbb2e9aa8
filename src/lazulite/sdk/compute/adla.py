"""A Data Lake Analytics account as a compute target: a record of where it is. v1: `azureml.core.compute.AdlaCompute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn

from lazulite.sdk.compute.attached import AttachedCompute, PlacedAttachConfiguration, refuse_old_attach

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "DataLakeAnalytics"


class DataLakeAnalyticsAttachConfiguration(PlacedAttachConfiguration):
    """Which Data Lake Analytics account is meant.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, account_name) and resource_id is given.
    """

    _TYPE: ClassVar[str] = _KIND
    _PROVIDER: ClassVar[str] = "Microsoft.DataLakeAnalytics/accounts"
    _NAME: ClassVar[str] = "account_name"

    account_name: str | None

    def __init__(
        self,
        resource_group: str | None = None,
        account_name: str | None = None,
        resource_id: str | None = None,
    ) -> None:
        super().__init__(resource_group, account_name, resource_id)


class AdlaCompute(AttachedCompute):
    """A Data Lake Analytics account that is recorded as a compute target. This version has no step that runs on it.

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
    ) -> DataLakeAnalyticsAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Args:
            resource_group: Its resource group, together with `account_name`.
            account_name: Its name.
            resource_id: Its id, instead of the other two.

        Raises:
            ComputeTargetException: not exactly one of the two ways is used, or the id is of another kind.
        """
        return DataLakeAnalyticsAttachConfiguration(resource_group, account_name, resource_id)

    @staticmethod
    def attach(workspace: Workspace, name: str, resource_id: str) -> NoReturn:  # type: ignore[override]
        """Refused, as in v1: use `ComputeTarget.attach`.

        Raises:
            ComputeTargetException: always.
        """
        refuse_old_attach("AdlaCompute")
