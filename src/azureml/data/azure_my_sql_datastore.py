"""v1's `azureml.data.azure_my_sql_datastore`."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.databases import AzureMySqlDatastore

__all__ = ["AbstractDatastore", "AzureMySqlDatastore"]
