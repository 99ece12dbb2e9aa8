"""v1's `azureml.core.conda_dependencies`."""

from typing import TYPE_CHECKING

from lazulite.sdk.constants import VERSION
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.reexports import missing

__all__ = ["VERSION", "UserErrorException"]

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("CondaDependencies",))
