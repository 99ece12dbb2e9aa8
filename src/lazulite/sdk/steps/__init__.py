"""The kinds of step, one file each, and the base they share."""

from __future__ import annotations

from lazulite.sdk.steps.base import PipelineStep
from lazulite.sdk.steps.command import CommandStep
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.steps.sequence import StepSequence

__all__ = ["CommandStep", "PipelineStep", "PythonScriptStep", "StepSequence"]
