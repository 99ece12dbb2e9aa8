"""v1's `azureml.pipeline.core.run`: pipeline runs and step runs."""

from lazulite.sdk.exceptions import ActivityFailedException, AzureMLException, ExperimentExecutionException
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline_run import RUNNING_STATES, PipelineRun
from lazulite.sdk.run import Run
from lazulite.sdk.script_run import ScriptRun
from lazulite.sdk.step_run import StepRun, StepRunOutput

__all__ = [
    "RUNNING_STATES",
    "ActivityFailedException",
    "AzureMLException",
    "Experiment",
    "ExperimentExecutionException",
    "PipelineRun",
    "Run",
    "ScriptRun",
    "StepRun",
    "StepRunOutput",
]
