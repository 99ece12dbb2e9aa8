"""A version of a pipeline endpoint, as v1's `list_versions` and `pipeline_version_list` give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazulite.sdk.publishing.published_pipeline import PublishedPipeline


class PipelineVersion:
    """A version with its published pipeline. v1: `azureml.pipeline.core.pipeline_endpoint.PipelineVersion`."""

    def __init__(self, version: str, pipeline: PublishedPipeline) -> None:
        self._version = version
        self._pipeline = pipeline

    @property
    def version(self) -> str:
        """The version: "0", "1", …"""
        return self._version

    @property
    def pipeline(self) -> PublishedPipeline:
        """The published pipeline behind it."""
        return self._pipeline

    def __str__(self) -> str:
        return f"PipelineVersion(Version: {self._version}, Pipeline: {self._pipeline.id})"

    def __repr__(self) -> str:
        return str(self)


class PipelineIdVersion:
    """A version with its pipeline's id. v1: `azureml.pipeline.core.pipeline_endpoint.PipelineIdVersion`."""

    def __init__(self, version: str, pipeline_id: str) -> None:
        self._version = version
        self._pipeline_id = pipeline_id

    @property
    def version(self) -> str:
        """The version: "0", "1", …"""
        return self._version

    @property
    def pipeline_id(self) -> str:
        """The id of the published pipeline behind it."""
        return self._pipeline_id

    def __str__(self) -> str:
        return f"PipelineIdVersion(Version: {self._version}, PipelineId: {self._pipeline_id})"

    def __repr__(self) -> str:
        return str(self)
