"""v1's `azureml.core.compute.compute`: the base classes of compute targets."""

from lazulite.sdk.compute.configurations import (
    ComputeTargetAttachConfiguration,
    ComputeTargetProvisioningConfiguration,
    ComputeTargetUpdateConfiguration,
)
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.constants import MLC_COMPUTE_RESOURCE_ID_FMT
from lazulite.sdk.exceptions import ComputeTargetException, UserErrorException

__all__ = [
    "MLC_COMPUTE_RESOURCE_ID_FMT",
    "ComputeTarget",
    "ComputeTargetAttachConfiguration",
    "ComputeTargetException",
    "ComputeTargetProvisioningConfiguration",
    "ComputeTargetUpdateConfiguration",
    "UserErrorException",
]
