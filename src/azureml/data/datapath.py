"""v1's `azureml.data.datapath`."""

from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding

__all__ = ["DataPath", "DataPathComputeBinding", "DataReference"]
