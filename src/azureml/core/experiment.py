"""v1's `azureml.core.experiment`."""

from typing import TYPE_CHECKING

from lazulite.sdk.docker_section import DEFAULT_GPU_IMAGE
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.experiment import Experiment, ViewType
from lazulite.sdk.reexports import missing

__all__ = ["DEFAULT_GPU_IMAGE", "Experiment", "UserErrorException", "ViewType"]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "ComputeInstance",
            "HasExperimentPortal",
        ),
    )
