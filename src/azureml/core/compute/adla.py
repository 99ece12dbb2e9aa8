"""v1's `azureml.core.compute.adla`."""

from lazulite.sdk.compute.adla import AdlaCompute, DataLakeAnalyticsAttachConfiguration
from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.constants import MLC_COMPUTE_RESOURCE_ID_FMT
from lazulite.sdk.exceptions import ComputeTargetException

__all__ = [
    "MLC_COMPUTE_RESOURCE_ID_FMT",
    "AdlaCompute",
    "ComputeTarget",
    "ComputeTargetAttachConfiguration",
    "ComputeTargetException",
    "DataLakeAnalyticsAttachConfiguration",
]
