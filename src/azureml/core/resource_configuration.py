"""v1's `azureml.core.resource_configuration`."""

from lazulite.sdk.exceptions import WebserviceException
from lazulite.sdk.resource_configuration import ResourceConfiguration

__all__ = ["ResourceConfiguration", "WebserviceException"]
