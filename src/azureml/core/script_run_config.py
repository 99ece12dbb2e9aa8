"""v1's `azureml.core.script_run_config`."""

from typing import TYPE_CHECKING

from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.exceptions import RunConfigurationException, UserErrorException
from lazulite.sdk.reexports import missing
from lazulite.sdk.run_configuration import EnvironmentDefinition, RunConfiguration
from lazulite.sdk.runconfig_data import Data, DatacacheConfiguration
from lazulite.sdk.runconfig_sections import (
    DockerConfiguration,
    MpiConfiguration,
    PyTorchConfiguration,
    TensorflowConfiguration,
)
from lazulite.sdk.script_run_config import ScriptRunConfig, get_run_config_from_script_run, submit

__all__ = [
    "Data",
    "DataPath",
    "DataPathComputeBinding",
    "DatacacheConfiguration",
    "DockerConfiguration",
    "EnvironmentDefinition",
    "MpiConfiguration",
    "PyTorchConfiguration",
    "RunConfiguration",
    "RunConfigurationException",
    "ScriptRunConfig",
    "TensorflowConfiguration",
    "UserErrorException",
    "get_run_config_from_script_run",
    "submit",
]

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, ("DatacacheConsumptionConfig",))
