"""A Batch account as a compute target: a record of where it is. v1: `azureml.core.compute.BatchCompute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lazulite.sdk.compute.attached import AttachedOnlyCompute, PlacedAttachConfiguration

if TYPE_CHECKING:
    pass

_KIND = "Batch"


class BatchAttachConfiguration(PlacedAttachConfiguration):
    """Which Batch account is meant.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, account_name) and resource_id is given.
    """

    _TYPE: ClassVar[str] = _KIND
    _PROVIDER: ClassVar[str] = "Microsoft.Batch/batchAccounts"
    _NAME: ClassVar[str] = "account_name"

    account_name: str | None

    def __init__(
        self,
        resource_group: str | None = None,
        account_name: str | None = None,
        resource_id: str | None = None,
    ) -> None:
        super().__init__(resource_group, account_name, resource_id)


class BatchCompute(AttachedOnlyCompute):
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
