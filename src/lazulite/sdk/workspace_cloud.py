"""Members of v1's `Workspace` that speak of things a machine of one's own does not have.

Where v1 code goes on correctly without the thing, the member is harmless and says what it returns; where it would be
misled, a UserErrorException says what to do instead. Nothing here is silently different.
"""

from __future__ import annotations

from typing import Any, NoReturn

from lazulite.sdk.exceptions import UserErrorException


def refuse(what: str, instead: str) -> NoReturn:
    """Raise the error of a member that has no meaning on one's own machine."""
    raise UserErrorException(f"{what} has no meaning on a machine of one's own. {instead}")


class CloudMembers:
    """Networks, keys, connections and dependent resources of a workspace in Azure."""

    @property
    def datasets(self) -> dict[str, Any]:
        """Registered datasets: none, this version has no datasets (v1: name to Dataset)."""
        return {}

    @property
    def images(self) -> dict[str, Any]:
        """Deployment images: always none."""
        return {}

    @property
    def webservices(self) -> dict[str, Any]:
        """Deployed web services: always none."""
        return {}

    @property
    def linked_services(self) -> list[Any]:
        """Linked services: always none."""
        return []

    @property
    def private_endpoints(self) -> dict[str, Any]:
        """Private endpoints: always none."""
        return {}

    def list_keys(self) -> dict[str, Any]:
        """Keys of the dependent Azure resources: always none."""
        return {}

    def sync_keys(self, no_wait: bool = False) -> None:
        """Does nothing: there are no keys to synchronise."""

    def update_dependencies(self, container_registry: str | None = None, force: bool = False) -> None:
        """Refused: there is no container registry to change.

        Raises:
            UserErrorException: always.
        """
        refuse("A workspace's container registry", "Name images in the Environment instead.")

    def add_private_endpoint(
        self,
        private_endpoint_config: Any,
        private_endpoint_auto_approval: bool = True,
        location: str | None = None,
        show_output: bool = True,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Refused: a local workspace has no network of its own.

        Raises:
            UserErrorException: always.
        """
        refuse("A private endpoint", "A local workspace is reached by its folder, not over a network.")

    def delete_private_endpoint_connection(self, private_endpoint_connection_name: str) -> None:
        """Refused, as `add_private_endpoint`.

        Raises:
            UserErrorException: always.
        """
        refuse("A private endpoint", "There is none to delete.")

    def diagnose_workspace(self, diagnose_parameters: Any) -> dict[str, Any]:
        """Refused: v1 looked at the workspace's Azure resources.

        Raises:
            UserErrorException: always.
        """
        refuse("A diagnosis of Azure resources", "`lazulite status` shows the state of the local system.")

    def list_connections(self, category: str | None = None, target: str | None = None) -> list[Any]:
        """Connections to outside services: always none."""
        return []

    def get_connection(self, name: str) -> Any:
        """Refused: there are no connections.

        Raises:
            UserErrorException: always.
        """
        refuse("A workspace connection", f"There is none called {name!r}.")

    def set_connection(self, name: str, category: str, target: str, authType: str, value: str) -> None:  # noqa: N803
        """Refused: credentials would have to be kept, and this version keeps none. Nothing is stored.

        Raises:
            UserErrorException: always.
        """
        refuse("A workspace connection", "Give the credentials to your script as environment variables.")

    def delete_connection(self, name: str) -> None:
        """Refused: there are no connections.

        Raises:
            UserErrorException: always.
        """
        refuse("A workspace connection", f"There is none called {name!r}.")

    def get_mlflow_tracking_uri(self, _with_auth: bool = False) -> str:
        """Refused: this version has no MLflow endpoint.

        Raises:
            UserErrorException: always.
        """
        refuse("An MLflow tracking server of the workspace", "Log with `Run.get_context().log(...)`.")
