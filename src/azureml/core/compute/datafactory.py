"""v1's `azureml.core.compute.datafactory`."""

from lazulite.sdk.compute.configurations import (
    ComputeTargetAttachConfiguration,
    ComputeTargetProvisioningConfiguration,
)
from lazulite.sdk.compute.datafactory import (
    DataFactoryAttachConfiguration,
    DataFactoryCompute,
    DataFactoryProvisioningConfiguration,
)
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.constants import MLC_COMPUTE_RESOURCE_ID_FMT
from lazulite.sdk.exceptions import ComputeTargetException

__all__ = [
    "MLC_COMPUTE_RESOURCE_ID_FMT",
    "ComputeTarget",
    "ComputeTargetAttachConfiguration",
    "ComputeTargetException",
    "ComputeTargetProvisioningConfiguration",
    "DataFactoryAttachConfiguration",
    "DataFactoryCompute",
    "DataFactoryProvisioningConfiguration",
]
