"""v1's `azureml.pipeline.core.pipeline_endpoint`."""

from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.publishing.pipeline_endpoint import PipelineEndpoint
from lazulite.sdk.publishing.pipeline_endpoint_versions import PipelineIdVersion, PipelineVersion
from lazulite.sdk.publishing.published_pipeline import PublishedPipeline

__all__ = ["PipelineEndpoint", "PipelineIdVersion", "PipelineRun", "PipelineVersion", "PublishedPipeline"]
