"""Sizes, quotas and identities of a cluster: what one's own machine has of them, which is little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.vm_sizes import SIZES
from lazulite.sdk.exceptions import ComputeTargetException

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_Rows = list[dict[str, Any]]


class CloudMembers:
    """Members of v1's `AmlCompute` that speak of a subscription and its identities."""

    @staticmethod
    def supported_vmsizes(workspace: Workspace, location: str | None = None) -> _Rows:
        """Return one dict for each known size: name, vCPUs, gpus, memoryGB. `location` makes no difference."""
        return [
            {"name": one.name, "vCPUs": one.cores, "gpus": one.gpus, "memoryGB": one.memory_gb}
            for one in SIZES.values()
        ]

    @staticmethod
    def list_usages(workspace: Workspace, show_all: bool = False, location: str | None = None) -> _Rows:
        """Return the usage of a subscription's quotas: none, one's own machine has none."""
        return []

    @staticmethod
    def list_quotas(workspace: Workspace, location: str | None = None) -> _Rows:
        """Return a workspace's quotas: none, one's own machine has none."""
        return []

    @staticmethod
    def update_quotas(
        workspace: Workspace, vm_family: Any, limit: int | None = None, location: str | None = None
    ) -> _Rows:
        """Refused: there are no quotas.

        Raises:
            ComputeTargetException: always.
        """
        raise ComputeTargetException(
            "One's own machine has no quotas. max_nodes of a cluster bounds what it uses."
        )

    def add_identity(self, identity_type: str, identity_id: Any = None) -> None:
        """Refused: steps run as the user who started the system.

        Raises:
            ComputeTargetException: always.
        """
        raise ComputeTargetException("Managed identities have no meaning here: steps run as your own user.")

    def remove_identity(self, identity_id: Any = None) -> None:
        """Refused, as `add_identity`.

        Raises:
            ComputeTargetException: always.
        """
        raise ComputeTargetException("Managed identities have no meaning here: steps run as your own user.")
