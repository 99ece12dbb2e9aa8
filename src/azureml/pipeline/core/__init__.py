"""v1's `azureml.pipeline.core`: pipelines, their data and their runs.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.reexports import lazily

if TYPE_CHECKING:
    from lazulite.sdk.parameter import PipelineParameter as PipelineParameter
    from lazulite.sdk.pipeline import Pipeline as Pipeline
    from lazulite.sdk.pipeline_data import PipelineData as PipelineData
    from lazulite.sdk.pipeline_run import PipelineRun as PipelineRun
    from lazulite.sdk.port_data import PortDataReference as PortDataReference
    from lazulite.sdk.ports import InputPortBinding as InputPortBinding
    from lazulite.sdk.ports import OutputPortBinding as OutputPortBinding
    from lazulite.sdk.publishing.pipeline_draft import PipelineDraft as PipelineDraft
    from lazulite.sdk.publishing.pipeline_endpoint import PipelineEndpoint as PipelineEndpoint
    from lazulite.sdk.publishing.published_pipeline import PublishedPipeline as PublishedPipeline
    from lazulite.sdk.schedules.schedule import Schedule as Schedule
    from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence as ScheduleRecurrence
    from lazulite.sdk.schedules.time_zone import TimeZone as TimeZone
    from lazulite.sdk.step_run import StepRun as StepRun
    from lazulite.sdk.step_run import StepRunOutput as StepRunOutput
    from lazulite.sdk.steps.base import PipelineStep as PipelineStep
    from lazulite.sdk.steps.sequence import StepSequence as StepSequence
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "InputPortBinding": "lazulite.sdk.ports",
            "OutputPortBinding": "lazulite.sdk.ports",
            "Pipeline": "lazulite.sdk.pipeline",
            "PipelineData": "lazulite.sdk.pipeline_data",
            "PipelineDraft": "lazulite.sdk.publishing.pipeline_draft",
            "PipelineEndpoint": "lazulite.sdk.publishing.pipeline_endpoint",
            "PipelineParameter": "lazulite.sdk.parameter",
            "PipelineRun": "lazulite.sdk.pipeline_run",
            "PipelineStep": "lazulite.sdk.steps.base",
            "PortDataReference": "lazulite.sdk.port_data",
            "PublishedPipeline": "lazulite.sdk.publishing.published_pipeline",
            "Schedule": "lazulite.sdk.schedules.schedule",
            "ScheduleRecurrence": "lazulite.sdk.schedules.schedule_recurrence",
            "StepRun": "lazulite.sdk.step_run",
            "StepRunOutput": "lazulite.sdk.step_run",
            "StepSequence": "lazulite.sdk.steps.sequence",
            "TimeZone": "lazulite.sdk.schedules.time_zone",
        },
        absent=(
            "Module",
            "ModuleVersion",
            "ModuleVersionDescriptor",
            "PipelineDataset",
            "TrainingOutput",
        ),
        submodules=(
            "builder",
            "graph",
            "pipeline",
            "pipeline_draft",
            "pipeline_endpoint",
            "run",
            "schedule",
        ),
    )
