"""v1's `azureml.pipeline.core.pipeline`."""

from lazulite.sdk.pipeline import Pipeline

__all__ = ["Pipeline"]
