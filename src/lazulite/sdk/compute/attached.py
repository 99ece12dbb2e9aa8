"""What outside services have in common as compute targets: a record of where they are.

Attaching one reaches nobody. What a step wants of it is done by a job on this machine (`RunTask`).
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.exceptions import ComputeTargetException

_PARTS_OF_AN_ID = 9
#: What is done for an outside service runs on this machine: so many jobs at a time, kept ready for so many seconds.
_JOBS, _IDLE_SECONDS = 8, 60.0


class AttachedCompute(ComputeTarget):
    """A compute target that stands for an outside service."""

    def get_credentials(self) -> dict[str, Any]:
        """Refused: secrets are not kept.

        Raises:
            ComputeTargetException: always.
        """
        raise ComputeTargetException(
            f"The credentials of {self.name!r} were not kept when it was attached. Take them from where you have them."
        )


class AttachedOnlyCompute(AttachedCompute):
    """One that v1 could not create either, and so would not delete."""

    def delete(self) -> None:
        """Refused, as in v1: what was attached is detached.

        Raises:
            ComputeTargetException: always.
        """
        kind = type(self).__name__
        raise ComputeTargetException(f"A {kind} was attached, not created. Use detach() instead of delete().")


class PlacedAttachConfiguration(ComputeTargetAttachConfiguration):
    """Which outside service is meant: its resource group and name, or its id.

    Raises:
        ComputeTargetException: not exactly one of the two ways is used, or the id is of another kind.
    """

    #: v1's word for the kind, what stands in an id of it, and v1's parameter for the service's name.
    _TYPE: ClassVar[str]
    _PROVIDER: ClassVar[str]
    _NAME: ClassVar[str]

    def __init__(self, resource_group: str | None, name: str | None, resource_id: str | None) -> None:
        super().__init__(self._TYPE)
        self.resource_group = resource_group
        self.resource_id = resource_id
        setattr(self, self._NAME, name)
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check which names are given.

        Raises:
            ComputeTargetException: not exactly one of (resource_group, name) and resource_id is given.
        """
        check_place(self._PROVIDER, self._names(), self.resource_id)

    def _names(self) -> dict[str, str | None]:
        return {"resource_group": self.resource_group, self._NAME: getattr(self, self._NAME)}

    def _record(self, name: str) -> Record:
        return record_of(self._TYPE, name, {**self._names(), "resource_id": self.resource_id})


def refuse_old_attach(kind: str) -> NoReturn:
    """Raise the error of v1's class-level `attach` methods, which v1 itself had given up.

    Raises:
        ComputeTargetException: always.
    """
    raise ComputeTargetException(
        f"{kind}.attach is deprecated since long. Use ComputeTarget.attach(workspace, name, "
        f"{kind}.attach_configuration(...))."
    )


def check_place(provider: str, names: dict[str, str | None], resource_id: str | None) -> None:
    """Check that either all of `names` or `resource_id` say where the service is.

    Args:
        provider: What stands in the id, such as Microsoft.Databricks/workspaces.
        names: Parameter name to value.

    Raises:
        ComputeTargetException: both or neither are given, one is missing, or the id is not one of `provider`.
    """
    given = [name for name, value in names.items() if value]
    listed = " and ".join(names)
    if resource_id and given:
        raise ComputeTargetException(f"Give either {listed}, or resource_id; both were given.")
    if not resource_id:
        missing = [name for name in names if name not in given]
        if missing:
            raise ComputeTargetException(f"{' and '.join(missing)} missing. Give {listed}, or resource_id.")
        return
    parts = resource_id.split("/")
    if len(parts) != _PARTS_OF_AN_ID or "/".join(parts[6:8]).lower() != provider.lower():
        raise ComputeTargetException(
            f"resource_id is {resource_id!r}. Expected /subscriptions/…/resourceGroups/…/providers/{provider}/<name>."
        )


def record_of(kind: str, name: str, facts: dict[str, Any]) -> Record:
    """Return the definition of an attached service; facts that are None are left out."""
    known = {key: value for key, value in facts.items() if value is not None}
    return Record(
        name=name,
        type=kind,
        max_nodes=_JOBS,
        idle_seconds_before_scaledown=_IDLE_SECONDS,
        extra={"attached": True, **known},
    )
