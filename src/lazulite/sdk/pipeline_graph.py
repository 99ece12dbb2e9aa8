"""A pipeline's graph as v1 shows it: nodes for steps and data, edges between their ports. A view, not to be changed.

v1: `azureml.pipeline.core.graph.Graph`. There the graph was the pipeline; here the plan is, and this is made from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NoReturn

from lazulite.model.plan import DataSource as Place
from lazulite.model.plan import Input, PathParameter, Plan, StepOutput
from lazulite.model.run import Submission
from lazulite.sdk.pipeline_graph_defs import (
    DataSource,
    DataSourceDef,
    InputPortDef,
    Module,
    ModuleDef,
    OutputPortDef,
    ParamDef,
    definition_of,
)
from lazulite.sdk.pipeline_graph_nodes import (
    VIEW,
    DataSourceNode,
    Edge,
    InputPort,
    ModuleNode,
    Node,
    OutputPort,
)

__all__ = ["DataSourceNode", "Edge", "Graph", "InputPort", "ModuleNode", "Node", "OutputPort", "graph_of"]


class Graph:
    """The nodes and edges of a pipeline.

    Args:
        name: The pipeline's description.
        context: The workspace.
    """

    def __init__(self, name: str, context: Any) -> None:
        self._name = name
        self._context = context
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []
        self._params: dict[str, ParamDef] = {}
        self._keys: dict[str, str] = {}

    @property
    def nodes(self) -> list[Node]:
        """All nodes."""
        return list(self._nodes.values())

    @property
    def node_dict(self) -> dict[str, Node]:
        """All nodes by id."""
        return dict(self._nodes)

    @property
    def node_name_dict(self) -> dict[str, list[Node]]:
        """All nodes by name; several may have one."""
        found: dict[str, list[Node]] = {}
        for node in self._nodes.values():
            found.setdefault(node.name, []).append(node)
        return found

    @property
    def module_nodes(self) -> list[Node]:
        """The nodes that are steps, in an order in which they can run."""
        return [node for node in self._nodes.values() if isinstance(node, ModuleNode)]

    @property
    def datasource_nodes(self) -> list[Node]:
        """The nodes that are data of a datastore."""
        return [node for node in self._nodes.values() if isinstance(node, DataSourceNode)]

    @property
    def edges(self) -> list[Edge]:
        """The connections; those of `run_after` and StepSequence have hidden ports, as in v1."""
        return list(self._edges)

    @property
    def params(self) -> dict[str, ParamDef]:
        """The pipeline's parameters by name."""
        return dict(self._params)

    def get_node(self, node_id: str) -> Node:
        """Return the node with that id (KeyError if there is none)."""
        return self._nodes[node_id]

    def validate(self) -> list[str]:
        """Return what is wrong with it: nothing, because it was made from a checked plan."""
        return []

    def add_datasource_node(
        self,
        name: str,
        datasource: Any = None,
        datasource_builder: Any = None,
        datapath_param_name: Any = None,
    ) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def add_module_node(
        self,
        name: str,
        input_bindings: Any,
        output_bindings: Any = None,
        param_bindings: Any = None,
        module: Any = None,
        module_builder: Any = None,
        module_wiring: Any = None,
        runconfig: Any = None,
        cloud_settings: Any = None,
    ) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def connect(self, source_port: OutputPort, dest_port: InputPort) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def delete_node(self, node_id: str) -> NoReturn:
        """Not possible in a view (NotImplementedError; so it was in v1)."""
        raise NotImplementedError(VIEW)

    def sequence(self, nodes: Any) -> NoReturn:
        """Not possible in a view (NotImplementedError)."""
        raise NotImplementedError(VIEW)

    def finalize(self, dry_run: Any = None, regenerate_outputs: bool = False) -> NoReturn:
        """Not possible in a view (NotImplementedError): submitting the pipeline does it."""
        raise NotImplementedError(VIEW)

    def generate_yaml(self) -> NoReturn:
        """Not in this version (NotImplementedError)."""
        raise NotImplementedError("Pipelines as YAML come in a later version.")

    def submit(
        self,
        pipeline_parameters: Any = None,
        continue_on_step_failure: bool = False,
        regenerate_outputs: bool = False,
        parent_run_id: str | None = None,
        **kwargs: Any,
    ) -> NoReturn:
        """Not possible in a view (NotImplementedError): submit the pipeline."""
        raise NotImplementedError("A graph shows a pipeline. Submit the Pipeline itself.")

    def _node_of(self, key: str, name: str) -> Node:
        if key not in self._keys:
            raise ValueError(
                f"Step '{name}' is not in this graph. Build a Pipeline with it, and use its graph."
            )
        return self._nodes[self._keys[key]]

    def __str__(self) -> str:
        lines = [
            f"Graph of '{self._name}': {len(self.module_nodes)} steps, {len(self.datasource_nodes)} data sources"
        ]
        lines += [f"  {edge!r}" for edge in self._edges]
        return "\n".join(lines)


def graph_of(context: Any, submission: Submission) -> Graph:
    """Return the graph of what was submitted, with the values that its parameters had."""
    return graph_of_plan(
        context, submission.plan, submission.plan.description or submission.experiment, submission.parameters
    )


def graph_of_plan(
    context: Any,
    plan: Plan,
    name: str,
    given: Mapping[str, Any] | None = None,
    keys: Mapping[str, str] | None = None,
) -> Graph:
    """Return the graph of a plan.

    Args:
        context: The workspace.
        plan: The plan.
        name: The graph's name.
        given: Values of parameters; without them the defaults.
        keys: From the keys of step objects to node ids, for `PipelineStep.create_node`.
    """
    graph = Graph(name, context)
    values = {**{one.name: one.default for one in plan.parameters}, **(given or {})}
    graph._params = {one.name: ParamDef(one.name, values[one.name]) for one in plan.parameters}  # noqa: SLF001
    graph._keys = dict(keys or {})  # noqa: SLF001
    for step in plan.steps:
        node = ModuleNode(graph, step.node, step.name, Module(step.node, definition_of(step, values)))
        for port, output in zip(node.outputs, step.outputs, strict=True):
            port.pipeline_output_name = output.pipeline_output_name
        graph._nodes[step.node] = node  # noqa: SLF001
        for given_input in step.inputs:
            _connect(graph, _source(graph, given_input), node.get_input(given_input.name))
        for number, earlier in enumerate(step.after):
            hidden = InputPort(node, InputPortDef(f"{ModuleDef.fake_input_prefix}{number}", is_optional=True))
            source = OutputPort(graph.get_node(earlier), OutputPortDef(ModuleDef.fake_output_name))
            _connect(graph, source, hidden)
    return graph


def _connect(graph: Graph, source: OutputPort, dest: InputPort) -> None:
    edge = Edge(source, dest)
    dest.incoming_edge = edge
    graph._edges.append(edge)  # noqa: SLF001 - the same module


def _source(graph: Graph, given: Input) -> OutputPort:
    source = given.source
    if isinstance(source, StepOutput):
        return graph.get_node(source.node).get_output(source.output)
    parameter = source.parameter if isinstance(source, PathParameter) else None
    place = source if isinstance(source, Place) else graph.params[parameter or ""].default_value
    identity = f"{given.name}\0{parameter}\0{place.datastore}\0{place.path}"
    node_id = hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()[:8]
    if node_id not in graph._nodes:  # noqa: SLF001 - the same module
        definition = DataSourceDef(given.name, datastore_name=place.datastore, path_on_datastore=place.path)
        graph._nodes[node_id] = DataSourceNode(  # noqa: SLF001 - the same module
            graph, node_id, given.name, DataSource(node_id, definition), datapath_param_name=parameter
        )
    return graph._nodes[node_id].outputs[0]  # noqa: SLF001 - the same module
