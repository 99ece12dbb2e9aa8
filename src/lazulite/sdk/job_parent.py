"""The pipeline run, seen from inside one of its steps."""

from __future__ import annotations

from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.run_context import InJob


class JobParent(InJob, PipelineRun):
    """What `Run.get_context().parent` is: a PipelineRun whose tags, metrics and cancellation go by way of the job."""
