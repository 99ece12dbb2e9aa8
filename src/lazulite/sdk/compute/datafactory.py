"""A Data Factory as a compute target: a name under which data are moved. v1: `azureml.core.compute.DataFactoryCompute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.attached import (
    AttachedCompute,
    PlacedAttachConfiguration,
    record_of,
    refuse_old_attach,
)
from lazulite.sdk.compute.configurations import ComputeTargetProvisioningConfiguration

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "DataFactory"


class DataFactoryAttachConfiguration(PlacedAttachConfiguration):
    """Which Data Factory is meant.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, factory_name) and resource_id is given.
    """

    _TYPE: ClassVar[str] = _KIND
    _PROVIDER: ClassVar[str] = "Microsoft.DataFactory/factories"
    _NAME: ClassVar[str] = "factory_name"

    factory_name: str | None

    def __init__(
        self,
        resource_group: str | None = None,
        factory_name: str | None = None,
        resource_id: str | None = None,
    ) -> None:
        super().__init__(resource_group, factory_name, resource_id)


class DataFactoryProvisioningConfiguration(ComputeTargetProvisioningConfiguration):
    """A Data Factory to be made. Here only its record is.

    Args:
        location: Kept, without effect.
    """

    def __init__(self, location: str | None) -> None:
        super().__init__(_KIND, location)

    def validate_configuration(self) -> None:
        """Nothing can be wrong with a location."""

    def _record(self, name: str) -> Record:
        return record_of(_KIND, name, {"location": self.location})


class DataFactoryCompute(AttachedCompute):
    """The compute target on which a `DataTransferStep` runs. Its work is done on this machine; no Data Factory is made.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.

    Example:
        `factory = ComputeTarget.create(ws, "factory", DataFactoryCompute.provisioning_configuration())`, then
        `DataTransferStep("copy", raw, copy, compute_target=factory)`.
    """

    _TYPE: ClassVar[str] = _KIND

    @staticmethod
    def attach_configuration(
        resource_group: str | None = None, factory_name: str | None = None, resource_id: str | None = None
    ) -> DataFactoryAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Args:
            resource_group: Its resource group, together with `factory_name`.
            factory_name: Its name.
            resource_id: Its id, instead of the other two.

        Raises:
            ComputeTargetException: not exactly one of the two ways is used, or the id is of another kind.
        """
        return DataFactoryAttachConfiguration(resource_group, factory_name, resource_id)

    @staticmethod
    def attach(workspace: Workspace, name: str, resource_id: str) -> NoReturn:  # type: ignore[override]
        """Refused, as in v1: use `ComputeTarget.attach`.

        Raises:
            ComputeTargetException: always.
        """
        refuse_old_attach("DataFactoryCompute")

    @staticmethod
    def provisioning_configuration(location: str | None = None) -> DataFactoryProvisioningConfiguration:
        """Return the configuration for `ComputeTarget.create`, which records a Data Factory of that name."""
        return DataFactoryProvisioningConfiguration(location)
