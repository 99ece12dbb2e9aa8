"""v1's `azureml.pipeline.core.pipeline`."""

from typing import TYPE_CHECKING

from lazulite.sdk.reexports import missing

__all__ = []

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("Pipeline",))
