"""v1's `azureml.widgets`."""

from lazulite.sdk.run_widget import RunDetails

__all__ = ["RunDetails"]
