"""v1's `azureml.data.azure_storage_datastore`: the concrete datastores."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.storage_datastore import (
    AbstractAzureStorageDatastore,
    AzureBlobDatastore,
    AzureFileDatastore,
)

__all__ = [
    "AbstractAzureStorageDatastore",
    "AbstractDatastore",
    "AzureBlobDatastore",
    "AzureFileDatastore",
    "DataReference",
    "UserErrorException",
]
