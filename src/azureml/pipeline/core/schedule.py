"""v1's `azureml.pipeline.core.schedule`."""

from lazulite.sdk.datastore import Datastore
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.published_pipeline import PublishedPipeline
from lazulite.sdk.schedule import Schedule
from lazulite.sdk.schedule_recurrence import ScheduleRecurrence
from lazulite.sdk.time_zone import TimeZone

__all__ = [
    "Datastore",
    "Experiment",
    "PipelineRun",
    "PublishedPipeline",
    "Schedule",
    "ScheduleRecurrence",
    "TimeZone",
]
