"""v1's `azureml.core.compute.synapse`."""

from typing import TYPE_CHECKING

from lazulite.sdk.compute.configurations import ComputeTargetAttachConfiguration
from lazulite.sdk.compute.synapse import SynapseAttachConfiguration, SynapseCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.exceptions import ComputeTargetException
from lazulite.sdk.reexports import missing

__all__ = [
    "ComputeTarget",
    "ComputeTargetAttachConfiguration",
    "ComputeTargetException",
    "SynapseAttachConfiguration",
    "SynapseCompute",
]

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("LinkedService",))
