"""v1's `azureml.core.datastore`."""

from lazulite.sdk.datastore import Datastore
from lazulite.sdk.exceptions import UserErrorException

__all__ = ["Datastore", "UserErrorException"]
