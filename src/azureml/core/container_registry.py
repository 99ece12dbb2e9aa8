"""v1's `azureml.core.container_registry`."""

from lazulite.sdk.container_registry import ContainerRegistry, RegistryIdentity

__all__ = ["ContainerRegistry", "RegistryIdentity"]
