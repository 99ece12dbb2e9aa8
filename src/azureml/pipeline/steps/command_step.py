"""v1's `azureml.pipeline.steps.command_step`."""

from lazulite.sdk.script_run_config import ScriptRunConfig
from lazulite.sdk.steps.command import CommandStep

__all__ = ["CommandStep", "ScriptRunConfig"]
