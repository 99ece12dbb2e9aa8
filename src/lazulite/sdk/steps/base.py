"""What all steps are. v1: `azureml.pipeline.core.PipelineStep`."""

from __future__ import annotations

import itertools
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.plan import InputArgument, Literal, OutputArgument
from lazulite.model.values import data_reference_placeholder, parameter_placeholder
from lazulite.sdk.ports import Producible
from lazulite.sdk.steps.arguments import Reader
from lazulite.sdk.steps.declared import Declarations, refuse_rows

if TYPE_CHECKING:
    from lazulite.graph.drafts import StepDraft
    from lazulite.model.environment import EnvironmentSpec
    from lazulite.sdk.pipeline_graph import Graph, Node
    from lazulite.sdk.pipeline_graph_defs import ModuleDef
    from lazulite.sdk.ports import InputPortBinding, OutputPortBinding

_keys = itertools.count(1)


@dataclass(frozen=True)
class Author:
    """What a pipeline gives its steps where they leave something out."""

    default_source_directory: str | None = None
    scope: str = "directory"
    #: Id and name of the pipeline's workspace.
    workspace: tuple[str, str] | None = None
    #: By the `id` of a RunConfiguration (or of None), the environment it asks for: steps with one share the other.
    environments: dict[int, EnvironmentSpec] = field(default_factory=dict, compare=False)


class PipelineStep(ABC):
    """A step of a pipeline: what all kinds share.

    Args:
        name: The step's name.
        inputs: Data it takes.
        outputs: Data it writes. The step becomes their producer.
        arguments: What its script or command is given.
        fix_port_name_collisions: Whether an input that is called like an output becomes `INPUT_<name>`; otherwise
            that is an error.
        resource_inputs: Further inputs; v1 put them beside the script.

    Raises:
        ValueError: an argument names data that are neither input nor output, or a value cannot be used.
    """

    #: Whether it takes what is in a database, which is no file.
    _TAKES_ROWS: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        inputs: Any,
        outputs: Any,
        arguments: Any = None,
        fix_port_name_collisions: bool = False,
        resource_inputs: Any = None,
    ) -> None:
        self._prepare(name, inputs, outputs, resource_inputs, None, rename_shared=fix_port_name_collisions)
        self._arguments = self._reader.read(arguments)
        self._claim_outputs()

    def _prepare(
        self,
        name: str,
        inputs: Any,
        outputs: Any,
        resource_inputs: Any,
        params: Any,
        *,
        rename_shared: bool,
    ) -> None:
        """Read inputs, outputs and params; the arguments come after, because a command's need more care."""
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"{name!r} is not the name of a step. Expected text that is not empty.")
        self.name = name
        self.run_after_steps: list[PipelineStep] = []
        self.step_type = type(self).__name__
        self._key = f"step-{next(_keys)}"
        self._declared = Declarations(name, inputs, outputs, rename_shared=rename_shared)
        for item in resource_inputs or ():
            self._declared.add_input(item)
        if not self._TAKES_ROWS:
            refuse_rows(name, self._declared)
        self._reader = Reader(name, self._declared, params)

    def _claim_outputs(self) -> None:
        """Become the producer of the outputs: last of all, so that a step that was refused produces nothing."""
        for output in self._declared.outputs:
            output.data._producer = self  # noqa: SLF001 - the SDK's own seam

    def _taken(self) -> Iterator[Producible]:
        """The data of other steps among the inputs."""
        return (one.data for one in self._declared.inputs if isinstance(one.data, Producible))

    def run_after(self, step: PipelineStep) -> None:
        """Wait for another step, though nothing is taken from it.

        Args:
            step: One step; call it once for each to wait for several.

        Raises:
            TypeError: it is not a step.
        """
        if not isinstance(step, PipelineStep):
            raise TypeError(
                f"Step '{self.name}' cannot run after {step!r}. Expected one step; for several call run_after once "
                "for each."
            )
        self.run_after_steps.append(step)

    @abstractmethod
    def _draft(self, author: Author) -> StepDraft:
        """Return the step as the graph takes it."""

    def create_node(self, graph: Graph, default_datastore: Any, context: Any) -> Node:
        """Return this step's node in `graph`.

        v1 called it to add the node; here `Pipeline(...)` has added the nodes of all its steps.

        Raises:
            ValueError: the step is not in that graph.
        """
        return graph._node_of(self._key, self.name)  # noqa: SLF001 - the SDK's own seam

    # --- v1's tools for authors of step classes ---

    def create_input_output_bindings(
        self, inputs: Any, outputs: Any, default_datastore: Any, resource_inputs: Any = None
    ) -> tuple[list[InputPortBinding], list[OutputPortBinding]]:
        """Return inputs and outputs as bindings, outputs without a datastore on the default one.

        Raises:
            ValueError: something is no input or output.
        """
        from lazulite.sdk.ports import InputPortBinding, OutputPortBinding

        declared = Declarations(self.name, inputs, outputs)
        for item in resource_inputs or ():
            declared.add_input(item)
        return (
            [
                InputPortBinding(draft.name, one.data, draft.mode, draft.path_on_compute, draft.overwrite)
                for one, draft in zip(declared.inputs, declared.input_drafts(), strict=True)
            ],
            [
                OutputPortBinding(
                    draft.name,
                    one.data.datastore or default_datastore,
                    bind_mode=draft.mode,
                    path_on_compute=draft.path_on_compute,
                    is_directory=draft.is_directory,
                    overwrite=draft.overwrite,
                    pipeline_output_name=draft.pipeline_output_name,
                )
                for one, draft in zip(declared.outputs, declared.output_drafts(), strict=True)
            ],
        )

    def create_module_def(
        self,
        execution_type: str,
        input_bindings: Any,
        output_bindings: Any,
        param_defs: Any = None,
        create_sequencing_ports: bool = True,
        allow_reuse: bool = True,
        version: str | None = None,
        module_type: str | None = None,
        arguments: Any = None,
        runconfig: Any = None,
        cloud_settings: Any = None,
    ) -> ModuleDef:
        """Return the definition of a module with these inputs and outputs, for people to look at."""
        from lazulite.sdk.pipeline_graph_defs import InputPortDef, ModuleDef, OutputPortDef

        return ModuleDef(
            self.name,
            input_port_defs=[
                InputPortDef(one.name, default_datastore_mode=one.bind_mode) for one in input_bindings
            ],
            output_port_defs=[
                OutputPortDef(
                    one.name, default_datastore_mode=one.bind_mode, is_directory=bool(one.is_directory)
                )
                for one in output_bindings
            ],
            param_defs=param_defs,
            module_execution_type=execution_type,
            create_sequencing_ports=create_sequencing_ports,
            allow_reuse=allow_reuse,
            version=version,
            module_type=module_type,
            step_type=self.step_type,
            arguments=arguments,
            runconfig=runconfig,
            cloud_settings=cloud_settings,
        )

    def get_source_directory(self, context: Any, source_directory: str | None, script_name: str) -> str:
        """Return the folder that holds the step's code.

        Args:
            context: What may know a `default_source_directory`.
            source_directory: As the step was given it; without it the default one, else the current directory.
            script_name: A file that must be in it.

        Raises:
            ValueError: it is not.
        """
        folder = source_directory or getattr(context, "default_source_directory", None) or os.curdir
        path = os.path.abspath(folder)  # noqa: PTH100 - v1 gives text
        if not os.path.isfile(os.path.join(path, script_name)):  # noqa: PTH113, PTH118
            raise ValueError(f"Step '{self.name}' cannot find its script '{script_name}' in '{path}'.")
        return path

    @staticmethod
    def resolve_input_arguments(arguments: Any, inputs: Any, outputs: Any, params: Any) -> list[str]:
        """Return arguments as text, data and parameters as the placeholders that stand for them.

        Raises:
            ValueError: an argument names data that are neither input nor output.
        """
        reader = Reader("", Declarations("", inputs, outputs), params)
        return [
            item.text
            if isinstance(item, Literal)
            else data_reference_placeholder(item.name)
            if isinstance(item, (InputArgument, OutputArgument))
            else parameter_placeholder(item.name)
            for item in reader.read(arguments)
        ]

    @staticmethod
    def validate_arguments(arguments: Any, inputs: Any, outputs: Any) -> None:
        """Check that all data among the arguments are inputs or outputs.

        Raises:
            ValueError: an argument names data that are neither.
        """
        Reader("", Declarations("", inputs, outputs), None).read(arguments)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


def refuse_unknown(kind: type[PipelineStep], step: PipelineStep, unknown: Mapping[str, Any]) -> None:
    """Refuse keywords that `kind`, the class of `step` or one it inherits from, does not have; name the nearest one.

    Raises:
        TypeError: there is one.
    """
    if not unknown:
        return
    import inspect

    from lazulite.graph.labels import nearest

    known = list(inspect.signature(kind).parameters)[:-1]
    name = next(iter(unknown))
    raise TypeError(
        f"{type(step).__name__}() got an unexpected keyword argument '{name}'.{nearest(name, known)}"
    )
