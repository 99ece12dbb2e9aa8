"""v1's `azureml.core.model`."""

from typing import TYPE_CHECKING

from lazulite.sdk.container_registry import ContainerRegistry
from lazulite.sdk.environment import Environment
from lazulite.sdk.exceptions import (
    ModelNotFoundException,
    RunEnvironmentException,
    UserErrorException,
    WebserviceException,
)
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.model import MODELS_DIR, Model
from lazulite.sdk.reexports import missing
from lazulite.sdk.resource_configuration import ResourceConfiguration

__all__ = [
    "MODELS_DIR",
    "ContainerRegistry",
    "Environment",
    "Experiment",
    "Model",
    "ModelNotFoundException",
    "ResourceConfiguration",
    "RunEnvironmentException",
    "UserErrorException",
    "WebserviceException",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AksCompute",
            "Dataset",
            "DatasetSnapshot",
            "FileDataset",
            "InferenceConfig",
            "ModelPackage",
            "ModelProfile",
            "TabularDataset",
        ),
    )
