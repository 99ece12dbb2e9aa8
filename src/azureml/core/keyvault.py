"""v1's `azureml.core.keyvault`."""

from lazulite.sdk.keyvault import Keyvault

__all__ = ["Keyvault"]
