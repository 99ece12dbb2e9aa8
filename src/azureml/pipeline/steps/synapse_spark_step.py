"""v1's `azureml.pipeline.steps.synapse_spark_step`."""

from lazulite.sdk.steps.synapse_spark import SynapseSparkStep

__all__ = ["SynapseSparkStep"]
