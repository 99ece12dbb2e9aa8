"""v1's `azureml.pipeline.core.graph`: parameters, ports, and the views of a graph."""

from typing import TYPE_CHECKING

from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.port_data import PortDataReference
from lazulite.sdk.ports import InputPortBinding, OutputPortBinding
from lazulite.sdk.reexports import missing

__all__ = [
    "DataPath",
    "DataPathComputeBinding",
    "DataReference",
    "InputPortBinding",
    "OutputPortBinding",
    "PipelineParameter",
    "PipelineRun",
    "PortDataReference",
]

if not TYPE_CHECKING:
    __getattr__ = missing(
        __name__,
        (
            "AbstractDataset",
            "DataSource",
            "DataSourceDef",
            "DataSourceNode",
            "DataType",
            "Dataset",
            "DatasetConsumptionConfig",
            "Edge",
            "FileDataset",
            "Graph",
            "HasPipelinePortal",
            "InputPort",
            "InputPortDef",
            "Module",
            "ModuleDef",
            "ModuleNode",
            "Node",
            "OutputPort",
            "OutputPortDef",
            "Param",
            "ParamDef",
            "PipelineDataset",
            "PipelineOutputAbstractDataset",
            "PublishedPipeline",
            "SqlDataReference",
            "StoredProcedureParameter",
            "StoredProcedureParameterType",
            "TabularDataset",
            "TrainingOutput",
        ),
    )
