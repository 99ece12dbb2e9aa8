"""v1's `azureml.core.run`: what scripts import to find and log to their run."""

from typing import TYPE_CHECKING

from lazulite.sdk.datapath import DataPath
from lazulite.sdk.datastore import Datastore
from lazulite.sdk.environment import Environment
from lazulite.sdk.exceptions import (
    ActivityFailedException,
    ExperimentExecutionException,
    RunEnvironmentException,
    SnapshotException,
    UserErrorException,
)
from lazulite.sdk.input_datasets import InputDatasets, OutputDatasets
from lazulite.sdk.keyvault import Keyvault
from lazulite.sdk.offline_run import _OfflineRun
from lazulite.sdk.reexports import missing
from lazulite.sdk.run import (
    BASE_RUN_SOURCE,
    OUTPUTS_DIR,
    POST_PROCESSING_STATES,
    RUN_ORIGIN,
    RUNNING_STATES,
    SDK_TARGET,
    Run,
    get_run,
)

__all__ = [
    "BASE_RUN_SOURCE",
    "OUTPUTS_DIR",
    "POST_PROCESSING_STATES",
    "RUNNING_STATES",
    "RUN_ORIGIN",
    "SDK_TARGET",
    "ActivityFailedException",
    "DataPath",
    "Datastore",
    "Environment",
    "ExperimentExecutionException",
    "InputDatasets",
    "Keyvault",
    "OutputDatasets",
    "Run",
    "RunEnvironmentException",
    "SnapshotException",
    "UserErrorException",
    "get_run",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AbstractDataset",
            "LinkOutput",
        ),
    )
