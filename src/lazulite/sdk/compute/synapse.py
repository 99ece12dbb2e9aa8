"""A Synapse Spark pool as a compute target: a name under which Spark on this machine works. v1: `azureml.core.compute.SynapseCompute`."""

from __future__ import annotations

from typing import Any, ClassVar

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.attached import AttachedOnlyCompute, record_of
from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.exceptions import ComputeTargetException

_KIND = "SynapseSpark"


class SynapseAttachConfiguration(ComputeTargetAttachConfiguration):
    """Which Spark pool is meant.

    Args:
        linked_service: The linked Synapse workspace, or its name. Its name is kept, and nobody asks it anything.
        type: v1's word for the kind: "SynapseSpark".
        pool_name: The pool's name.

    Raises:
        ComputeTargetException: the kind is another one, or a name is missing.
    """

    def __init__(self, linked_service: Any, type: str, pool_name: str) -> None:  # noqa: A002 - v1's name
        super().__init__(_KIND)
        self.linked_service = linked_service
        self.type = type
        self.pool_name = pool_name
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check what is given.

        Raises:
            ComputeTargetException: the kind is another one, or a name is missing.
        """
        if self.type != _KIND:
            raise ComputeTargetException(f"type is {self.type!r}. Expected {_KIND!r}.")
        if not isinstance(self.pool_name, str) or not self.pool_name:
            raise ComputeTargetException(
                f"pool_name is {self.pool_name!r}. Expected the name of a Spark pool."
            )

    def _record(self, name: str) -> Record:
        service = getattr(self.linked_service, "name", self.linked_service)
        known = {"pool_name": self.pool_name, "linked_service": service if isinstance(service, str) else None}
        return record_of(_KIND, name, known)


class SynapseCompute(AttachedOnlyCompute):
    """A Spark pool. Its `SynapseSparkStep`s run on Apache Spark of this machine.

    The attributes that say how large a pool is are None: this machine is as large as it is.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.

    Example:
        `ComputeTarget.attach(ws, "pool", SynapseCompute.attach_configuration("synapse", "SynapseSpark", "pool1"))`.
    """

    _TYPE: ClassVar[str] = _KIND

    spark_version: str | None = None
    node_count: int | None = None
    node_size_family: str | None = None
    node_size: str | None = None
    auto_scale_enabled: bool | None = None
    max_node_count: int | None = None
    min_node_count: int | None = None
    auto_pause_enabled: bool | None = None
    auto_pause_in_minutes: int | None = None

    @staticmethod
    def attach_configuration(
        linked_service: Any,
        type: str,  # noqa: A002 - v1's name
        pool_name: str,
    ) -> SynapseAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Raises:
            ComputeTargetException: the kind is not SynapseSpark, or a name is missing.
        """
        return SynapseAttachConfiguration(linked_service, type, pool_name)
