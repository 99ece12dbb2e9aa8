"""v1's `azureml.data.abstract_datastore`: the base of datastores, for isinstance checks."""

from lazulite.sdk.abstract_datastore import AbstractDatastore

__all__ = ["AbstractDatastore"]
