"""A Data Lake Analytics account as a compute target. v1: `azureml.core.compute.AdlaCompute`.

The accounts were switched off on 2024-02-29. What is attached is a name: its steps run on this machine, and the name
decides which catalog they see, and which datastore is the account's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn

from lazulite.model.adla import ACCOUNT_TYPE
from lazulite.sdk.compute.attached import AttachedCompute, PlacedAttachConfiguration, refuse_old_attach

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class DataLakeAnalyticsAttachConfiguration(PlacedAttachConfiguration):
    """Which Data Lake Analytics account is meant.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, account_name) and resource_id is given.
    """

    _TYPE: ClassVar[str] = ACCOUNT_TYPE
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
    """A Data Lake Analytics account on which an `AdlaStep` runs: by this machine, so nothing is asked of Azure.

    Its store is the Data Lake datastore (`Datastore.register_azure_data_lake`) whose store has the account's name, else
    the workspace's default datastore. Databases and tables that scripts make belong to the account of that name.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.
    """

    _TYPE: ClassVar[str] = ACCOUNT_TYPE

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
