"""v1's `azureml.pipeline.steps.adla_step`."""

from lazulite.sdk.steps.adla import AdlaStep

__all__ = ["AdlaStep"]
