"""v1's `azureml.core.compute_target`; samples also take ComputeTargetException from here."""

from typing import TYPE_CHECKING

from lazulite.sdk.compute.local import AbstractComputeTarget, LocalTarget
from lazulite.sdk.exceptions import ComputeTargetException, UserErrorException
from lazulite.sdk.reexports import missing

__all__ = ["AbstractComputeTarget", "ComputeTargetException", "LocalTarget", "UserErrorException"]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "attach_legacy_compute_target",
            "is_compute_target_prepared",
            "prepare_compute_target",
            "remove_legacy_compute_target",
        ),
    )
