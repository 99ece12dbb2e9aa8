"""v1's `azureml.core.compute.amlcompute`."""

from lazulite.sdk.compute.amlcompute import AmlCompute
from lazulite.sdk.compute.amlcompute_definition import AmlComputeProvisioningConfiguration
from lazulite.sdk.compute.amlcompute_status import AmlComputeNodeStateCounts, AmlComputeStatus, ScaleSettings
from lazulite.sdk.compute.configurations import ComputeTargetProvisioningConfiguration
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.constants import MLC_COMPUTE_RESOURCE_ID_FMT
from lazulite.sdk.exceptions import ComputeTargetException

__all__ = [
    "MLC_COMPUTE_RESOURCE_ID_FMT",
    "AmlCompute",
    "AmlComputeNodeStateCounts",
    "AmlComputeProvisioningConfiguration",
    "AmlComputeStatus",
    "ComputeTarget",
    "ComputeTargetException",
    "ComputeTargetProvisioningConfiguration",
    "ScaleSettings",
]
