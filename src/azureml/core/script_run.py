"""v1's `azureml.core.script_run`."""

from typing import TYPE_CHECKING

from lazulite.sdk.exceptions import AzureMLException, UserErrorException
from lazulite.sdk.reexports import missing
from lazulite.sdk.run import Run
from lazulite.sdk.script_run import ScriptRun

__all__ = ["AzureMLException", "Run", "ScriptRun", "UserErrorException"]

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("RunConfiguration",))
