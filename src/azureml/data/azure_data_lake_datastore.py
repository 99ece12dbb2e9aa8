"""v1's `azureml.data.azure_data_lake_datastore`."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.data_lake import (
    AbstractADLSDatastore,
    AzureDataLakeDatastore,
    AzureDataLakeGen2Datastore,
)

__all__ = [
    "AbstractADLSDatastore",
    "AbstractDatastore",
    "AzureDataLakeDatastore",
    "AzureDataLakeGen2Datastore",
]
