"""v1's `azureml.pipeline.core.schedule`."""

from lazulite.sdk.datastore import Datastore
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
from lazulite.sdk.schedules.schedule import Schedule
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence
from lazulite.sdk.schedules.time_zone import TimeZone

__all__ = [
    "Datastore",
    "Experiment",
    "PipelineRun",
    "PublishedPipeline",
    "Schedule",
    "ScheduleRecurrence",
    "TimeZone",
]
