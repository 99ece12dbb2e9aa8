"""v1's `azureml.pipeline.steps`: the step types.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.reexports import lazily

if TYPE_CHECKING:
    from lazulite.sdk.steps.adla import AdlaStep as AdlaStep
    from lazulite.sdk.steps.command import CommandStep as CommandStep
    from lazulite.sdk.steps.data_transfer import DataTransferStep as DataTransferStep
    from lazulite.sdk.steps.databricks import DatabricksStep as DatabricksStep
    from lazulite.sdk.steps.python_script import PythonScriptStep as PythonScriptStep
    from lazulite.sdk.steps.synapse_spark import SynapseSparkStep as SynapseSparkStep
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "AdlaStep": "lazulite.sdk.steps.adla",
            "CommandStep": "lazulite.sdk.steps.command",
            "DataTransferStep": "lazulite.sdk.steps.data_transfer",
            "DatabricksStep": "lazulite.sdk.steps.databricks",
            "PythonScriptStep": "lazulite.sdk.steps.python_script",
            "SynapseSparkStep": "lazulite.sdk.steps.synapse_spark",
        },
        absent=(
            "AutoMLStep",
            "AutoMLStepRun",
            "AzureBatchStep",
            "EstimatorStep",
            "HyperDriveStep",
            "HyperDriveStepRun",
            "KustoStep",
            "ModuleStep",
            "MpiStep",
            "ParallelRunConfig",
            "ParallelRunStep",
            "RScriptStep",
        ),
        submodules=(
            "adla_step",
            "command_step",
            "data_transfer_step",
            "databricks_step",
            "python_script_step",
            "synapse_spark_step",
        ),
    )
