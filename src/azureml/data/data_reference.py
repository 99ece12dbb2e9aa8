"""v1's `azureml.data.data_reference`."""

from lazulite.sdk.data_reference import DataReference

__all__ = ["DataReference"]
