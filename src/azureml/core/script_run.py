"""v1's `azureml.core.script_run`."""

from lazulite.sdk.exceptions import AzureMLException, UserErrorException
from lazulite.sdk.run import Run
from lazulite.sdk.run_configuration import RunConfiguration
from lazulite.sdk.script_run import ScriptRun

__all__ = ["AzureMLException", "Run", "RunConfiguration", "ScriptRun", "UserErrorException"]
