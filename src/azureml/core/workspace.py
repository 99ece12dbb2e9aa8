"""v1's `azureml.core.workspace`, with the names v1 code also takes from there."""

from typing import TYPE_CHECKING

from lazulite.sdk.authentication import InteractiveLoginAuthentication
from lazulite.sdk.compute.amlcompute import AmlCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.constants import VERSION, WORKSPACE_DEFAULT_BLOB_STORE_NAME
from lazulite.sdk.exceptions import ProjectSystemException, UserErrorException, WorkspaceException
from lazulite.sdk.keyvault import Keyvault
from lazulite.sdk.model import Model
from lazulite.sdk.reexports import missing
from lazulite.sdk.workspace import Workspace

__all__ = [
    "VERSION",
    "WORKSPACE_DEFAULT_BLOB_STORE_NAME",
    "AmlCompute",
    "ComputeTarget",
    "InteractiveLoginAuthentication",
    "Keyvault",
    "Model",
    "ProjectSystemException",
    "UserErrorException",
    "Workspace",
    "WorkspaceException",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "Dataset",
            "LinkedService",
        ),
    )
