"""v1's `azureml.core`: workspace, experiment, run, datastore, environment, compute target, model.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.constants import VERSION
from lazulite.sdk.reexports import lazily

__version__ = VERSION

if TYPE_CHECKING:
    from lazulite.sdk.compute.target import ComputeTarget as ComputeTarget
    from lazulite.sdk.container_registry import ContainerRegistry as ContainerRegistry
    from lazulite.sdk.datastore import Datastore as Datastore
    from lazulite.sdk.environment import Environment as Environment
    from lazulite.sdk.experiment import Experiment as Experiment
    from lazulite.sdk.keyvault import Keyvault as Keyvault
    from lazulite.sdk.model import Model as Model
    from lazulite.sdk.run import Run as Run
    from lazulite.sdk.run import get_run as get_run
    from lazulite.sdk.run_configuration import RunConfiguration as RunConfiguration
    from lazulite.sdk.script_run import ScriptRun as ScriptRun
    from lazulite.sdk.script_run_config import ScriptRunConfig as ScriptRunConfig
    from lazulite.sdk.workspace import Workspace as Workspace
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "ComputeTarget": "lazulite.sdk.compute.target",
            "ContainerRegistry": "lazulite.sdk.container_registry",
            "Datastore": "lazulite.sdk.datastore",
            "Environment": "lazulite.sdk.environment",
            "Experiment": "lazulite.sdk.experiment",
            "Keyvault": "lazulite.sdk.keyvault",
            "Model": "lazulite.sdk.model",
            "Run": "lazulite.sdk.run",
            "RunConfiguration": "lazulite.sdk.run_configuration",
            "ScriptRun": "lazulite.sdk.script_run",
            "ScriptRunConfig": "lazulite.sdk.script_run_config",
            "Workspace": "lazulite.sdk.workspace",
            "get_run": "lazulite.sdk.run",
        },
        absent=(
            "Dataset",
            "Image",
            "LinkedService",
            "PrivateEndPoint",
            "PrivateEndPointConfig",
            "SynapseWorkspaceLinkedServiceConfiguration",
            "Webservice",
            "attach_legacy_compute_target",
            "diagnostic_log",
            "is_compute_target_prepared",
            "prepare_compute_target",
            "remove_legacy_compute_target",
        ),
        submodules=(
            "authentication",
            "compute",
            "compute_target",
            "conda_dependencies",
            "container_registry",
            "databricks",
            "datastore",
            "environment",
            "experiment",
            "keyvault",
            "model",
            "resource_configuration",
            "run",
            "runconfig",
            "script_run",
            "script_run_config",
            "workspace",
        ),
    )
