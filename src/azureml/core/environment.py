"""v1's `azureml.core.environment`, with the sections of an environment."""

from lazulite.sdk.conda_dependencies import PYTHON_DEFAULT_VERSION, CondaDependencies
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
from lazulite.sdk.environment import Environment, EnvironmentReference
from lazulite.sdk.environment_images import ImageBuildDetails
from lazulite.sdk.environment_sections import (
    PythonEnvironment,
    PythonSection,
    SparkEnvironment,
    SparkPackage,
    SparkSection,
)
from lazulite.sdk.exceptions import AzureMLException, UserErrorException
from lazulite.sdk.r_section import RCranPackage, RGitHubPackage, RSection

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "PYTHON_DEFAULT_VERSION",
    "SDKVERSION",
    "AzureMLException",
    "CondaDependencies",
    "ContainerRegistry",
    "DatabricksSection",
    "DockerBuildContext",
    "DockerEnvironment",
    "DockerImageDetails",
    "DockerImagePlatform",
    "DockerSection",
    "Environment",
    "EnvironmentReference",
    "ImageBuildDetails",
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
