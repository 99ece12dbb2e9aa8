"""v1's `azureml.core.authentication`."""

from typing import TYPE_CHECKING

from lazulite.sdk.authentication import (
    AbstractAuthentication,
    AccessToken,
    ArmTokenAuthentication,
    Audience,
    AzureCliAuthentication,
    AzureMLTokenAuthentication,
    InteractiveLoginAuthentication,
    MsiAuthentication,
    ServicePrincipalAuthentication,
    TokenAuthentication,
)
from lazulite.sdk.exceptions import (
    AuthenticationException,
    AzureMLException,
    RunEnvironmentException,
    UserErrorException,
)
from lazulite.sdk.reexports import missing

__all__ = [
    "AbstractAuthentication",
    "AccessToken",
    "ArmTokenAuthentication",
    "Audience",
    "AuthenticationException",
    "AzureCliAuthentication",
    "AzureMLException",
    "AzureMLTokenAuthentication",
    "InteractiveLoginAuthentication",
    "MsiAuthentication",
    "RunEnvironmentException",
    "ServicePrincipalAuthentication",
    "TokenAuthentication",
    "UserErrorException",
]

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("NewLoggingLevel",))
