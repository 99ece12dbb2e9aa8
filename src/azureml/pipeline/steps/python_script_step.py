"""v1's `azureml.pipeline.steps.python_script_step`."""

from lazulite.sdk.steps.python_script import PythonScriptStep

__all__ = ["PythonScriptStep"]
