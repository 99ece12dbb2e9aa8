"""v1's `azureml.data.dbfs_datastore`."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.dbfs import DBFSDatastore

__all__ = ["AbstractDatastore", "DBFSDatastore"]
