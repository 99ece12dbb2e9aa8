"""v1's `azureml.core.runconfig`: the run configuration and its parts."""

from typing import TYPE_CHECKING

from lazulite.sdk.compute.local import AbstractComputeTarget
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.conda_dependencies import CondaDependencies
from lazulite.sdk.container_registry import ContainerRegistry as Cr
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
from lazulite.sdk.docker_section import (
    DEFAULT_CPU_IMAGE,
    DEFAULT_GPU_IMAGE,
    MPI_CPU_IMAGE,
    MPI_GPU_IMAGE,
    DockerEnvironment,
    DockerSection,
)
from lazulite.sdk.environment import Environment
from lazulite.sdk.environment_sections import PythonEnvironment, PythonSection, SparkEnvironment, SparkSection
from lazulite.sdk.exceptions import RunConfigurationException, UserErrorException
from lazulite.sdk.reexports import missing
from lazulite.sdk.run import Run
from lazulite.sdk.run_configuration import EnvironmentDefinition, RunConfiguration
from lazulite.sdk.runconfig_data import (
    SUPPORTED_DATAREF_MODES,
    SUPPORTED_DELIVERY_MECHANISM,
    Data,
    DatacacheConfiguration,
    DataLocation,
    DataPath,
    DataReferenceConfiguration,
    Dataset,
    Uri,
)
from lazulite.sdk.runconfig_files import (
    AML_CONFIG_DIR,
    AZUREML_DIR,
    LOCAL_RUNCONFIG_NAME,
    RUNCONFIGURATION_EXTENSION,
)
from lazulite.sdk.runconfig_outputs import (
    DatasetRegistrationOptions,
    GlobsOptions,
    MountOptions,
    OutputData,
    OutputOptions,
    RegistrationOptions,
    UploadOptions,
)
from lazulite.sdk.runconfig_sections import (
    SUPPORTED_PYTORCH_BACKENDS,
    AmlComputeConfiguration,
    ApplicationEndpointConfiguration,
    AzureContainerRegistry,
    ContainerRegistry,
    DockerConfiguration,
    HdiConfiguration,
    HistoryConfiguration,
    KubernetesComputeConfiguration,
    MpiConfiguration,
    ParallelTaskConfiguration,
    PyTorchConfiguration,
    SparkConfiguration,
    TensorflowConfiguration,
)

__all__ = [
    "AML_CONFIG_DIR",
    "AZUREML_DIR",
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "LOCAL_RUNCONFIG_NAME",
    "MPI_CPU_IMAGE",
    "MPI_GPU_IMAGE",
    "RUNCONFIGURATION_EXTENSION",
    "SUPPORTED_DATAREF_MODES",
    "SUPPORTED_DELIVERY_MECHANISM",
    "SUPPORTED_PYTORCH_BACKENDS",
    "AbstractComputeTarget",
    "AmlComputeConfiguration",
    "ApplicationEndpointConfiguration",
    "AzureContainerRegistry",
    "ComputeTarget",
    "CondaDependencies",
    "ContainerRegistry",
    "Cr",
    "Data",
    "DataLocation",
    "DataPath",
    "DataReferenceConfiguration",
    "DatabricksCluster",
    "DatabricksEnvironment",
    "DatabricksSection",
    "DatacacheConfiguration",
    "Dataset",
    "DatasetRegistrationOptions",
    "DockerConfiguration",
    "DockerEnvironment",
    "DockerSection",
    "EggLibrary",
    "Environment",
    "EnvironmentDefinition",
    "GlobsOptions",
    "HdiConfiguration",
    "HistoryConfiguration",
    "JarLibrary",
    "KubernetesComputeConfiguration",
    "MavenLibrary",
    "MountOptions",
    "MpiConfiguration",
    "OutputData",
    "OutputOptions",
    "ParallelTaskConfiguration",
    "PyPiLibrary",
    "PyTorchConfiguration",
    "PythonEnvironment",
    "PythonSection",
    "RCranLibrary",
    "RegistrationOptions",
    "Run",
    "RunConfiguration",
    "RunConfigurationException",
    "SparkConfiguration",
    "SparkEnvironment",
    "SparkSection",
    "TensorflowConfiguration",
    "UploadOptions",
    "Uri",
    "UserErrorException",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "DatacacheConsumptionConfig",
            "DatasetConsumptionConfig",
        ),
    )
