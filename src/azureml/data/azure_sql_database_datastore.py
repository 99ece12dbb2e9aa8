"""v1's `azureml.data.azure_sql_database_datastore`."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.databases import AzureSqlDatabaseDatastore

__all__ = ["AbstractDatastore", "AzureSqlDatabaseDatastore"]
