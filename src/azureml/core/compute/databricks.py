"""v1's `azureml.core.compute.databricks`."""

from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.databricks import DatabricksAttachConfiguration, DatabricksCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.constants import MLC_COMPUTE_RESOURCE_ID_FMT
from lazulite.sdk.exceptions import ComputeTargetException

__all__ = [
    "MLC_COMPUTE_RESOURCE_ID_FMT",
    "ComputeTarget",
    "ComputeTargetAttachConfiguration",
    "ComputeTargetException",
    "DatabricksAttachConfiguration",
    "DatabricksCompute",
]
