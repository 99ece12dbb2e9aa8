"""v1's `azureml.pipeline.steps.command_step`."""

from typing import TYPE_CHECKING

from lazulite.sdk.reexports import missing
from lazulite.sdk.steps.command import CommandStep

__all__ = ["CommandStep"]

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("ScriptRunConfig",))
