"""Where the service of a workspace answers over HTTP, and below which address v1's pipeline routes stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


def address_of(workspace: Workspace) -> str:
    """Return the base address of the workspace's service. On a home folder something answers there from now on.

    Raises:
        UserErrorException: the local server is switched off, or cannot be started.
    """
    service: Any = workspace._service  # noqa: SLF001 - the SDK's own seam
    with v1_errors():
        address: str = service.address()
    if not address:
        raise UserErrorException(
            "There is no address: the local server is switched off by LAZULITE_SERVER=off. Unset it to call pipelines "
            "over HTTP."
        )
    return address.rstrip("/")


def pipelines_address(workspace: Workspace) -> str:
    """Return the address below which v1's pipeline routes of the workspace stand."""
    parts = (
        ("subscriptions", workspace.subscription_id),
        ("resourceGroups", workspace.resource_group),
        ("providers/Microsoft.MachineLearningServices/workspaces", workspace.name),
    )
    path = "/".join(f"{name}/{quote(str(value), safe='')}" for name, value in parts)
    return f"{address_of(workspace)}/pipelines/v1.0/{path}"
