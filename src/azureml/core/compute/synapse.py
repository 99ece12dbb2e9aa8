"""v1's `azureml.core.compute.synapse`."""

from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.synapse import SynapseAttachConfiguration, SynapseCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.exceptions import ComputeTargetException

__all__ = [
    "ComputeTarget",
    "ComputeTargetAttachConfiguration",
    "ComputeTargetException",
    "SynapseAttachConfiguration",
    "SynapseCompute",
]
