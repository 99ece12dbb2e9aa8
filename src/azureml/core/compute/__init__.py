"""v1's `azureml.core.compute`: the classes of compute targets.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.constants import VERSION
from lazulite.sdk.reexports import lazily

if TYPE_CHECKING:
    from lazulite.sdk.compute.adla import AdlaCompute as AdlaCompute
    from lazulite.sdk.compute.amlcompute import AmlCompute as AmlCompute
    from lazulite.sdk.compute.batch import BatchCompute as BatchCompute
    from lazulite.sdk.compute.databricks import DatabricksCompute as DatabricksCompute
    from lazulite.sdk.compute.datafactory import DataFactoryCompute as DataFactoryCompute
    from lazulite.sdk.compute.remote import RemoteCompute as RemoteCompute
    from lazulite.sdk.compute.synapse import SynapseCompute as SynapseCompute
    from lazulite.sdk.compute.target import ComputeTarget as ComputeTarget
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "AdlaCompute": "lazulite.sdk.compute.adla",
            "AmlCompute": "lazulite.sdk.compute.amlcompute",
            "BatchCompute": "lazulite.sdk.compute.batch",
            "ComputeTarget": "lazulite.sdk.compute.target",
            "DataFactoryCompute": "lazulite.sdk.compute.datafactory",
            "DatabricksCompute": "lazulite.sdk.compute.databricks",
            "RemoteCompute": "lazulite.sdk.compute.remote",
            "SynapseCompute": "lazulite.sdk.compute.synapse",
        },
        absent=(
            "AksCompute",
            "ComputeInstance",
            "DsvmCompute",
            "HDInsightCompute",
            "KubernetesCompute",
            "KustoCompute",
        ),
        submodules=(
            "adla",
            "amlcompute",
            "batch",
            "compute",
            "databricks",
            "datafactory",
            "remote",
            "synapse",
        ),
    )
