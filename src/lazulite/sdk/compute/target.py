"""The compute target in general: looking one up, making, attaching, listing. v1: `azureml.core.compute.ComputeTarget`.

Looking up by name returns the class that fits the recorded type: `type(ComputeTarget(ws, "c")) is AmlCompute`.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.assets import AssetKind
from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute import recorded
from lazulite.sdk.exceptions import ComputeTargetException, v1_errors
from lazulite.sdk.workspace_config import arm_id

if TYPE_CHECKING:
    from typing_extensions import Self

    from lazulite.sdk.compute.configurations import (
        ComputeTargetAttachConfiguration,
        ComputeTargetProvisioningConfiguration,
    )
    from lazulite.sdk.workspace import Workspace

_Targets = list["ComputeTarget"]  # `list` is a method of the class below


class ComputeTarget(ABC):
    """A place where steps run.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.

    Example:
        `target = ComputeTarget(ws, "aml-compute")` or `ws.compute_targets["aml-compute"]`.
    """

    #: v1's word for the kind, in records.
    _TYPE: ClassVar[str] = ""

    id: str
    name: str
    type: str
    location: str
    tags: dict[str, str]
    description: str | None
    created_on: str | None
    modified_on: str | None
    provisioning_state: str
    provisioning_errors: list[dict[str, Any]] | None
    cluster_resource_id: str | None
    cluster_location: str
    workspace: Workspace
    is_attached: bool
    _record: Record

    def __new__(cls, workspace: Workspace | None = None, name: str | None = None) -> ComputeTarget:  # noqa: PYI034
        """Return an instance of the class that fits the recorded type, whatever class was called (as in v1)."""
        if workspace is None or not name:
            return super().__new__(cls)
        return _target_of(workspace, recorded.lookup(workspace, name))

    def __init__(self, workspace: Workspace, name: str) -> None:
        # __new__ fills the instance: Python does not call this where the class found is another one.
        super().__init__()

    def _fill(self, workspace: Workspace, record: Record) -> None:
        self.workspace = workspace
        self._record = record
        self.name = record.name
        self.type = record.type
        scope = arm_id(workspace.subscription_id, workspace.resource_group, workspace.name)
        self.id = f"{scope}/computes/{record.name}"
        self.location = self.cluster_location = workspace.location
        self.tags = dict(record.tags)
        self.description = record.description
        self.created_on = _iso(record.created_at)
        self.modified_on = _iso(record.modified_at)
        self.provisioning_state = record.provisioning_state
        self.provisioning_errors = None
        self.cluster_resource_id = record.extra.get("resource_id")
        self.is_attached = "attached" in record.extra

    def __repr__(self) -> str:
        return f"{type(self).__name__}(workspace={self.workspace!r}, name={self.name!r}, type={self.type!r})"

    # --- making ---

    @staticmethod
    def create(
        workspace: Workspace, name: str, provisioning_configuration: ComputeTargetProvisioningConfiguration
    ) -> ComputeTarget:
        """Create a target and return at once; `wait_for_completion` waits until it is ready.

        Args:
            name: 2 to 32 letters, digits and '-', starting with a letter.
            provisioning_configuration: Such as `AmlCompute.provisioning_configuration(...)` gives.

        A cluster of that name that exists already takes the new scale settings, tags and description.

        Raises:
            UserErrorException: the name is reserved.
            ComputeTargetException: the name is not allowed, or a different target has it.
        """
        recorded.check_name(name)
        if not hasattr(provisioning_configuration, "_record"):
            raise ComputeTargetException(
                f"{provisioning_configuration!r} is not a provisioning configuration. "
                "Expected what AmlCompute.provisioning_configuration(...) returns."
            )
        provisioning_configuration.validate_configuration()
        record = provisioning_configuration._record(name)  # noqa: SLF001 - our own seam
        return _target_of(workspace, recorded.put(workspace, record))

    @staticmethod
    def attach(
        workspace: Workspace, name: str, attach_configuration: ComputeTargetAttachConfiguration
    ) -> ComputeTarget:
        """Record an outside service as a target. The access token of a Databricks is kept encrypted; no other secret of
        a configuration is kept.

        Args:
            name: 2 to 32 letters, digits and '-', starting with a letter.
            attach_configuration: Such as `DatabricksCompute.attach_configuration(...)` gives.

        Raises:
            UserErrorException: the name is reserved.
            ComputeTargetException: the name is not allowed, or a different target has it.
        """
        recorded.check_name(name)
        if not hasattr(attach_configuration, "_record"):
            raise ComputeTargetException(
                f"{attach_configuration!r} is not an attach configuration. "
                "Expected what the attach_configuration(...) of a compute class returns."
            )
        attach_configuration.validate_configuration()
        record = attach_configuration._record(name)  # noqa: SLF001 - our own seam
        return _target_of(workspace, recorded.put(workspace, record))

    @staticmethod
    def list(workspace: Workspace) -> _Targets:
        """Return all targets of the workspace. This machine itself (`local`) is not among them, as in v1."""
        return [_target_of(workspace, record) for record in recorded.listed(workspace)]

    # --- state ---

    def wait_for_completion(self, show_output: bool = False, is_delete_operation: bool = False) -> None:
        """Return at once: what was recorded is ready, and what was deleted is gone.

        Args:
            show_output: Print the state.
            is_delete_operation: Accepted.
        """
        if show_output:
            print(self.provisioning_state)
            print(f'Provisioning operation finished, operation "{self.provisioning_state}"')

    def get_status(self) -> Any:
        """Return the provisioning state: Succeeded, Deleting …"""
        self.refresh_state()
        return self.provisioning_state

    def refresh_state(self) -> None:
        """Read the target again.

        Raises:
            ComputeTargetException: it does not exist any more.
        """
        self._fill(self.workspace, recorded.lookup(self.workspace, self.name))

    def delete(self) -> None:
        """Delete the target from the workspace. Jobs it runs at the moment go on to their end.

        Raises:
            ComputeTargetException: it does not exist any more.
        """
        self._remove("Deleting")

    def detach(self) -> None:
        """Forget an attached target. The service behind it is not touched.

        Raises:
            ComputeTargetException: it does not exist any more.
        """
        self._remove("Detached")

    def _remove(self, state: str) -> None:
        with v1_errors(ComputeTargetException):
            self.workspace._service.delete_asset(self.workspace._id, AssetKind.COMPUTE, self.name)  # noqa: SLF001
        self.provisioning_state = state

    # --- as data ---

    def serialize(self) -> dict[str, Any]:
        """Return the target as a dict that `json.dumps` takes."""
        return {
            "id": self.id,
            "name": self.name,
            "location": self.location,
            "tags": dict(self.tags),
            "properties": {
                "computeType": self.type,
                "computeLocation": self.cluster_location,
                "description": self.description,
                "resourceId": self.cluster_resource_id,
                "isAttachedCompute": self.is_attached,
                "createdOn": self.created_on,
                "modifiedOn": self.modified_on,
                "provisioningState": self.provisioning_state,
                "provisioningErrors": self.provisioning_errors,
                "properties": self._own_properties(),
            },
        }

    def _own_properties(self) -> dict[str, Any]:
        return {key: value for key, value in self._record.extra.items() if key != "attached"}

    @classmethod
    def deserialize(cls, workspace: Workspace, object_dict: Mapping[str, Any]) -> Self:
        """Return the target that `serialize` made the dict of, as it is now.

        Raises:
            ComputeTargetException: the dict names no target, the workspace has none of that name, or it is one of
                another class than this.
        """
        name = object_dict.get("name") if isinstance(object_dict, Mapping) else None
        if not isinstance(name, str) or not name:
            raise ComputeTargetException(
                f"{object_dict!r} is no serialized compute target. Expected a dict with a 'name'."
            )
        target = _target_of(workspace, recorded.lookup(workspace, name))
        if not isinstance(target, cls):
            raise ComputeTargetException(
                f"Compute target {name!r} is a {type(target).__name__}, not a {cls.__name__}."
            )
        return target


def _target_of(workspace: Workspace, record: Record) -> ComputeTarget:
    target: ComputeTarget = object.__new__(_class_of(record.type))
    target._fill(workspace, record)  # noqa: SLF001 - made here
    return target


def _class_of(kind: str) -> type[ComputeTarget]:
    from lazulite.sdk.compute.adla import AdlaCompute
    from lazulite.sdk.compute.amlcompute import AmlCompute
    from lazulite.sdk.compute.batch import BatchCompute
    from lazulite.sdk.compute.databricks import DatabricksCompute
    from lazulite.sdk.compute.datafactory import DataFactoryCompute
    from lazulite.sdk.compute.remote import RemoteCompute
    from lazulite.sdk.compute.synapse import SynapseCompute

    classes: tuple[type[ComputeTarget], ...] = (
        AmlCompute,
        AdlaCompute,
        BatchCompute,
        DatabricksCompute,
        DataFactoryCompute,
        RemoteCompute,
        SynapseCompute,
    )
    return next(one for one in classes if kind == one._TYPE)  # noqa: SLF001 - our own seam


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
