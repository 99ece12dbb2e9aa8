"""v1's `azureml.data.azure_postgre_sql_datastore`."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.databases import AzurePostgreSqlDatastore

__all__ = ["AbstractDatastore", "AzurePostgreSqlDatastore"]
