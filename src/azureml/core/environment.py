"""v1's `azureml.core.environment`, with the sections of an environment."""

from typing import TYPE_CHECKING

from lazulite.sdk.constants import SDKVERSION
from lazulite.sdk.container_registry import ContainerRegistry
from lazulite.sdk.databricks_libraries import DatabricksSection
from lazulite.sdk.docker_section import (
    DEFAULT_CPU_IMAGE,
    DEFAULT_GPU_IMAGE,
    DockerBuildContext,
    DockerEnvironment,
    DockerImageDetails,
    DockerImagePlatform,
    DockerSection,
)
from lazulite.sdk.environment_sections import (
    PythonEnvironment,
    PythonSection,
    SparkEnvironment,
    SparkPackage,
    SparkSection,
)
from lazulite.sdk.exceptions import AzureMLException, UserErrorException
from lazulite.sdk.r_section import RCranPackage, RGitHubPackage, RSection
from lazulite.sdk.reexports import missing

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "SDKVERSION",
    "AzureMLException",
    "ContainerRegistry",
    "DatabricksSection",
    "DockerBuildContext",
    "DockerEnvironment",
    "DockerImageDetails",
    "DockerImagePlatform",
    "DockerSection",
    "PythonEnvironment",
    "PythonSection",
    "RCranPackage",
    "RGitHubPackage",
    "RSection",
    "SparkEnvironment",
    "SparkPackage",
    "SparkSection",
    "UserErrorException",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "CondaDependencies",
            "Environment",
            "EnvironmentReference",
            "ImageBuildDetails",
        ),
    )
