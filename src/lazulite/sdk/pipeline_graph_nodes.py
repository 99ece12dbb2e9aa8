"""The nodes of a pipeline's graph as v1 shows it, their ports, and the edges between these. See `pipeline_graph`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.sdk.pipeline_graph_defs import (
    DataSource,
    DataSourceDef,
    InputPortDef,
    Module,
    ModuleDef,
    OutputPortDef,
    Param,
)

if TYPE_CHECKING:
    from lazulite.sdk.pipeline_graph import Graph

VIEW = "A graph shows a pipeline and cannot be changed. Change the steps, and build a new Pipeline."


class Edge:
    """A connection from an output to an input."""

    def __init__(self, source_port: OutputPort, dest_port: InputPort) -> None:
        self._source_port = source_port
        self._dest_port = dest_port

    @property
    def source_port(self) -> OutputPort:
        """The output."""
        return self._source_port

    @property
    def dest_port(self) -> InputPort:
        """The input."""
        return self._dest_port

    def __repr__(self) -> str:
        source, dest = self._source_port, self._dest_port
        return f"Edge({source.node.name}.{source.name} → {dest.node.name}.{dest.name})"


class InputPort:
    """An input of a node."""

    def __init__(self, node: Node, input_port_def: InputPortDef) -> None:
        self.node = node
        self.input_port_def = input_port_def
        self.name = input_port_def.name
        self.data_types = input_port_def.data_types
        self.bind_mode = input_port_def.default_datastore_mode
        self.path_on_compute = input_port_def.default_path_on_compute
        self.overwrite = input_port_def.default_overwrite
        self.data_reference_name = input_port_def.default_data_reference_name
        self.additional_transformations = input_port_def.additional_transformations
        self.incoming_edge: Edge | None = None

    def connect(self, source_port: OutputPort) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def disconnect(self) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)


class OutputPort:
    """An output of a node."""

    def __init__(self, node: Node, output_port_def: OutputPortDef) -> None:
        self.node = node
        self.output_port_def = output_port_def
        self.name = output_port_def.name
        self.data_type = output_port_def.data_type
        self.bind_mode = output_port_def.default_datastore_mode
        self.datastore_name = output_port_def.default_datastore_name
        self.path_on_compute = output_port_def.default_path_on_compute
        self.overwrite = output_port_def.default_overwrite
        self.pipeline_output_name: str | None = None
        self.dataset_registration = None
        self.dataset_output = None

    def connect(self, dest_port: InputPort) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)


class Node:
    """A step, or data that a step takes."""

    def __init__(
        self,
        graph: Graph,
        node_id: str,
        name: str | None = None,
        module: Module | None = None,
        module_builder: Any = None,
        datasource: DataSource | None = None,
        datasource_builder: Any = None,
        module_wiring: Any = None,
    ) -> None:
        self._graph = graph
        self.node_id = node_id
        self.module_def: ModuleDef | None = module.module_def if module else None
        self.datasource_def: DataSourceDef | None = datasource.datasource_def if datasource else None
        definition = self.module_def
        self.name = name or (definition.name if definition else node_id)
        self.inputs = [InputPort(self, one) for one in definition.input_port_defs] if definition else []
        outputs = definition.output_port_defs if definition else []
        if self.datasource_def:
            outputs = [self.datasource_def.output_port_def]
        self.outputs = [OutputPort(self, one) for one in outputs]
        self.params = {one.name: Param(one) for one in definition.param_defs} if definition else {}

    @property
    def input_dict(self) -> dict[str, InputPort]:
        """The inputs by name."""
        return {port.name: port for port in self.inputs}

    @property
    def output_dict(self) -> dict[str, OutputPort]:
        """The outputs by name."""
        return {port.name: port for port in self.outputs}

    def get_input(self, name: str) -> InputPort:
        """Return the input of that name (KeyError if there is none)."""
        return self.input_dict[name]

    def get_output(self, name: str) -> OutputPort:
        """Return the output of that name (KeyError if there is none)."""
        return self.output_dict[name]

    def get_param(self, name: str) -> Param:
        """Return the parameter of that name (KeyError if there is none)."""
        return self.params[name]

    def run_after(self, node: Node) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def sequence(self, nodes: Any) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r}, node_id={self.node_id!r})"


class ModuleNode(Node):
    """A step."""

    def __init__(
        self,
        graph: Graph,
        node_id: str,
        name: str | None = None,
        module: Module | None = None,
        module_builder: Any = None,
        module_wiring: Any = None,
        runconfig: Any = None,
        cloud_settings: Any = None,
        regenerate_outputs: bool | None = None,
    ) -> None:
        super().__init__(graph, node_id, name, module, module_builder)


class DataSourceNode(Node):
    """Data of a datastore that a step takes; `datapath_param_name` is the parameter that says where, if one does."""

    def __init__(
        self,
        graph: Graph,
        node_id: str,
        name: str | None = None,
        datasource: DataSource | None = None,
        datasource_builder: Any = None,
        datapath_param_name: str | None = None,
    ) -> None:
        super().__init__(graph, node_id, name, datasource=datasource)
        self.datapath_param_name = datapath_param_name
