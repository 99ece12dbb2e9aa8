"""`azureml.core.container_registry`: where images come from. Held and given back; no containers run here yet."""

from __future__ import annotations

from typing import ClassVar

from lazulite.sdk.config_element import ConfigElement


class RegistryIdentity(ConfigElement):
    """The managed identity with which a registry is read. v1: `RegistryIdentity`.

    Attributes:
        resource_id: The identity's resource id.
        client_id: The identity's client id.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("resource_id", "client_id")

    def __init__(self) -> None:
        self.resource_id: str | None = None
        self.client_id: str | None = None


class ContainerRegistry(ConfigElement):
    """A container registry and how to log in. v1: `azureml.core.ContainerRegistry`.

    Attributes:
        address: The registry's address.
        username: The user, if it needs one.
        password: The password. It is never shown, and not kept when an environment is registered.
        registry_identity: A `RegistryIdentity` in place of user and password.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("address", "username", "password", "registry_identity")
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {"registry_identity": RegistryIdentity}

    def __init__(self) -> None:
        self.address: str | None = None
        self.username: str | None = None
        self.password: str | None = None
        self.registry_identity: RegistryIdentity | None = None
