"""v1's `azureml.data.datastore_client`: another path to the datastore classes."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.data_lake import AzureDataLakeDatastore, AzureDataLakeGen2Datastore
from lazulite.sdk.datastores.databases import (
    AzureMySqlDatastore,
    AzurePostgreSqlDatastore,
    AzureSqlDatabaseDatastore,
)
from lazulite.sdk.datastores.dbfs import DBFSDatastore
from lazulite.sdk.datastores.hdfs import HDFSDatastore
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.storage_datastore import AzureBlobDatastore, AzureFileDatastore

__all__ = [
    "AbstractDatastore",
    "AzureBlobDatastore",
    "AzureDataLakeDatastore",
    "AzureDataLakeGen2Datastore",
    "AzureFileDatastore",
    "AzureMySqlDatastore",
    "AzurePostgreSqlDatastore",
    "AzureSqlDatabaseDatastore",
    "DBFSDatastore",
    "HDFSDatastore",
    "UserErrorException",
]
