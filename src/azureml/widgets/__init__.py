"""v1's `azureml.widgets`."""

from lazulite.sdk.widgets.run_widget import RunDetails

__all__ = ["RunDetails"]
