"""v1's `azureml.core.script_run_config`."""

from typing import TYPE_CHECKING

from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.exceptions import RunConfigurationException, UserErrorException
from lazulite.sdk.reexports import missing

__all__ = ["DataPath", "DataPathComputeBinding", "RunConfigurationException", "UserErrorException"]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "Data",
            "DatacacheConfiguration",
            "DatacacheConsumptionConfig",
            "DockerConfiguration",
            "EnvironmentDefinition",
            "MpiConfiguration",
            "PyTorchConfiguration",
            "RunConfiguration",
            "ScriptRunConfig",
            "TensorflowConfiguration",
            "get_run_config_from_script_run",
            "submit",
        ),
    )
