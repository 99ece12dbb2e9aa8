"""v1's `azureml.pipeline.core.builder`: steps, sequences and the data between them."""

from typing import TYPE_CHECKING

from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_graph import Graph
from lazulite.sdk.pipeline_graph_defs import DataSource, DataSourceDef, ParamDef
from lazulite.sdk.pipeline_graph_nodes import Edge, Node
from lazulite.sdk.port_data import PortDataReference
from lazulite.sdk.ports import InputPortBinding, OutputPortBinding
from lazulite.sdk.reexports import missing
from lazulite.sdk.steps.base import PipelineStep
from lazulite.sdk.steps.sequence import StepSequence

__all__ = [
    "DataReference",
    "DataSource",
    "DataSourceDef",
    "Edge",
    "Graph",
    "InputPortBinding",
    "Node",
    "OutputPortBinding",
    "ParamDef",
    "PipelineData",
    "PipelineParameter",
    "PipelineStep",
    "PortDataReference",
    "StepSequence",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AbstractDataset",
            "DatasetConsumptionConfig",
            "DatasetRegistration",
            "OutputDatasetConfig",
            "PipelineDataset",
            "PipelineOutputAbstractDataset",
            "PipelineOutputFileDataset",
        ),
    )
