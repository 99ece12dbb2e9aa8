"""v1's `azureml.pipeline.core.graph`: parameters, ports, and the views of a graph."""

from typing import TYPE_CHECKING

from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_graph import Graph
from lazulite.sdk.pipeline_graph_defs import (
    DataSource,
    DataSourceDef,
    InputPortDef,
    ModuleDef,
    OutputPortDef,
    Param,
    ParamDef,
)
from lazulite.sdk.pipeline_graph_nodes import DataSourceNode, Edge, InputPort, ModuleNode, Node, OutputPort
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.port_data import PortDataReference
from lazulite.sdk.ports import InputPortBinding, OutputPortBinding
from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
from lazulite.sdk.reexports import missing
from lazulite.sdk.sql_data_reference import (
    SqlDataReference,
    StoredProcedureParameter,
    StoredProcedureParameterType,
)

__all__ = [
    "DataPath",
    "DataPathComputeBinding",
    "DataReference",
    "DataSource",
    "DataSourceDef",
    "DataSourceNode",
    "Edge",
    "Graph",
    "InputPort",
    "InputPortBinding",
    "InputPortDef",
    "ModuleDef",
    "ModuleNode",
    "Node",
    "OutputPort",
    "OutputPortBinding",
    "OutputPortDef",
    "Param",
    "ParamDef",
    "PipelineParameter",
    "PipelineRun",
    "PortDataReference",
    "PublishedPipeline",
    "SqlDataReference",
    "StoredProcedureParameter",
    "StoredProcedureParameterType",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AbstractDataset",
            "DataType",
            "Dataset",
            "DatasetConsumptionConfig",
            "FileDataset",
            "HasPipelinePortal",
            "Module",
            "PipelineDataset",
            "PipelineOutputAbstractDataset",
            "TabularDataset",
            "TrainingOutput",
        ),
    )
