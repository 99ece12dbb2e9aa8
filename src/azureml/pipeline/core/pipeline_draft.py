"""v1's `azureml.pipeline.core.pipeline_draft`."""

from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.publishing.pipeline_draft import PipelineDraft

__all__ = ["PipelineDraft", "PipelineRun"]
