"""v1's `azureml.pipeline.steps.data_transfer_step`."""

from lazulite.sdk.steps.data_transfer import DataTransferStep

__all__ = ["DataTransferStep"]
