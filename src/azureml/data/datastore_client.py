"""v1's `azureml.data.datastore_client`: another path to the datastore classes."""

from typing import TYPE_CHECKING

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.reexports import missing
from lazulite.sdk.storage_datastore import AzureBlobDatastore, AzureFileDatastore

__all__ = ["AbstractDatastore", "AzureBlobDatastore", "AzureFileDatastore", "UserErrorException"]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AzureDataLakeDatastore",
            "AzureDataLakeGen2Datastore",
            "AzureMySqlDatastore",
            "AzurePostgreSqlDatastore",
            "AzureSqlDatabaseDatastore",
            "DBFSDatastore",
            "HDFSDatastore",
        ),
    )
