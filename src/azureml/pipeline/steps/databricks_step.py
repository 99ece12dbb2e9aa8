"""v1's `azureml.pipeline.steps.databricks_step`."""

from lazulite.sdk.steps.databricks import DatabricksStep

__all__ = ["DatabricksStep"]
