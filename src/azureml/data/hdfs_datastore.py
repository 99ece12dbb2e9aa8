"""v1's `azureml.data.hdfs_datastore`."""

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.hdfs import HDFSDatastore

__all__ = ["AbstractDatastore", "HDFSDatastore"]
