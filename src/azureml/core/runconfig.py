"""v1's `azureml.core.runconfig`: the run configuration and its parts."""

from typing import TYPE_CHECKING

from lazulite.sdk.compute.local import AbstractComputeTarget
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.container_registry import Cr
from lazulite.sdk.databricks_libraries import (
    DatabricksCluster,
    DatabricksEnvironment,
    DatabricksSection,
    EggLibrary,
    JarLibrary,
    MavenLibrary,
    PyPiLibrary,
    RCranLibrary,
)
from lazulite.sdk.docker_section import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE, DockerEnvironment, DockerSection
from lazulite.sdk.environment_sections import PythonEnvironment, PythonSection, SparkEnvironment, SparkSection
from lazulite.sdk.exceptions import RunConfigurationException, UserErrorException
from lazulite.sdk.reexports import missing
from lazulite.sdk.run import Run

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "AbstractComputeTarget",
    "ComputeTarget",
    "Cr",
    "DatabricksCluster",
    "DatabricksEnvironment",
    "DatabricksSection",
    "DockerEnvironment",
    "DockerSection",
    "EggLibrary",
    "JarLibrary",
    "MavenLibrary",
    "PyPiLibrary",
    "PythonEnvironment",
    "PythonSection",
    "RCranLibrary",
    "Run",
    "RunConfigurationException",
    "SparkEnvironment",
    "SparkSection",
    "UserErrorException",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AmlComputeConfiguration",
            "ApplicationEndpointConfiguration",
            "AzureContainerRegistry",
            "CondaDependencies",
            "ContainerRegistry",
            "Data",
            "DataLocation",
            "DataPath",
            "DataReferenceConfiguration",
            "DatacacheConfiguration",
            "DatacacheConsumptionConfig",
            "Dataset",
            "DatasetConsumptionConfig",
            "DatasetRegistrationOptions",
            "DockerConfiguration",
            "Environment",
            "EnvironmentDefinition",
            "GlobsOptions",
            "HdiConfiguration",
            "HistoryConfiguration",
            "KubernetesComputeConfiguration",
            "MountOptions",
            "MpiConfiguration",
            "OutputData",
            "OutputOptions",
            "ParallelTaskConfiguration",
            "PyTorchConfiguration",
            "RegistrationOptions",
            "RunConfiguration",
            "SparkConfiguration",
            "TensorflowConfiguration",
            "UploadOptions",
            "Uri",
        ),
    )
