"""A plan: a pipeline, checked and frozen, as it is submitted, stored, published and run.

A `Plan` holds no object of the SDK and no open question: names are resolved to names, edges to node ids, and
`Step.snapshot` to the content of the source folder (empty until the SDK has digested it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Union

from lazulite.model.environment import EnvironmentSpec
from lazulite.model.values import ParameterValue

# --- arguments -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Literal:
    """Text. Placeholders for inputs, outputs and parameters inside it are expanded when the job runs."""

    KIND: ClassVar[str] = "literal"
    text: str


@dataclass(frozen=True)
class InputArgument:
    """The local path of the step's input `name`."""

    KIND: ClassVar[str] = "input"
    name: str


@dataclass(frozen=True)
class OutputArgument:
    """The local path of the step's output `name`."""

    KIND: ClassVar[str] = "output"
    name: str


@dataclass(frozen=True)
class ParameterArgument:
    """The value of the pipeline parameter `name`; None leaves it out, together with a `--flag` before it."""

    KIND: ClassVar[str] = "parameter"
    name: str


Argument = Union[Literal, InputArgument, OutputArgument, ParameterArgument]

# --- what runs -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunScript:
    """`python <script> <arguments>` in the snapshot's root."""

    KIND: ClassVar[str] = "script"
    script: str


@dataclass(frozen=True)
class RunProgram:
    """The arguments are a program and its arguments; no shell is involved."""

    KIND: ClassVar[str] = "program"


@dataclass(frozen=True)
class RunShell:
    """`sh -c <text>`: a command line whose author wrote shell operators into it."""

    KIND: ClassVar[str] = "shell"
    text: str


@dataclass(frozen=True)
class RunTask:
    """Work that Lazulite itself does, in a process of the job: `task` names the program in `lazulite.worker.tasks`.

    `settings` is JSON that the step's author decided, never a secret; `incidental` more of it that changes nothing of
    what is computed (a run's name), and so is no part of the reuse key. `script` is the file of the snapshot that it
    works on, "" if none. What the other fields of the step say (arguments, parameters, inputs, outputs) reaches the
    program as it does a script.
    """

    KIND: ClassVar[str] = "task"
    task: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    incidental: Mapping[str, Any] = field(default_factory=dict)
    script: str = ""


Action = Union[RunScript, RunProgram, RunShell, RunTask]

# --- data ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DataSource:
    """A file or folder of a datastore; the empty path is its root."""

    KIND: ClassVar[str] = "data"
    datastore: str
    path: str


@dataclass(frozen=True)
class StepOutput:
    """The output `output` of the step with node id `node` in the same plan."""

    KIND: ClassVar[str] = "step"
    node: str
    output: str


@dataclass(frozen=True)
class PathParameter:
    """The place that the pipeline parameter `parameter` (a data path) holds when the run is submitted."""

    KIND: ClassVar[str] = "parameter"
    parameter: str


Source = Union[DataSource, StepOutput, PathParameter]


@dataclass(frozen=True)
class Input:
    """One named input of a step.

    `mode` is mount (used in place), download (copied before the script starts), upload (what the script left at
    `path_on_compute` is copied to the source's place after success) or direct (nothing is brought: the address is
    handed over, and only a `RunTask` can use it). `env` is the name behind
    `AZUREML_DATAREFERENCE_` in the script's environment.
    """

    name: str
    source: Source
    mode: str = "mount"
    path_on_compute: str | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class Output:
    """One named output of a step, written to `path` on `datastore`.

    `path` may hold `{run-id}` and `{output-name}`. `is_directory` None: the script decides; the parent exists.
    `place`: not `datastore` and `path` but a pipeline parameter says where.
    """

    name: str
    datastore: str
    mode: str = "mount"
    path: str = "azureml/{run-id}/{output-name}"
    path_on_compute: str | None = None
    overwrite: bool = False
    is_directory: bool | None = None
    pipeline_output_name: str | None = None
    place: PathParameter | None = None


# --- the plan --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One node of a plan.

    `scope` says which files of the snapshot count for reuse: "directory" all of them, "script" the main script and
    `hash_paths`. `after` holds the node ids this step waits for besides the producers of its inputs.
    `source_directory` is where the snapshot was taken from: for people, never for a decision; "" of a step without code.
    """

    node: str
    name: str
    step_type: str
    action: Action
    compute: str
    arguments: tuple[Argument, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    #: `params` of v1: handed over as `AML_PARAMETER_<name>`; a ParameterArgument takes the submitted value.
    parameters: Mapping[str, Union[ParameterArgument, Literal]] = field(default_factory=dict)
    environment: EnvironmentSpec = field(default_factory=EnvironmentSpec)
    source_directory: str = ""
    snapshot: str = ""
    scope: str = "directory"
    hash_paths: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    allow_reuse: bool = True
    version: str | None = None
    node_count: int = 1
    timeout_seconds: float | None = None

    @property
    def depends_on(self) -> frozenset[str]:
        """Node ids that must have succeeded before this step may run."""
        producers = {i.source.node for i in self.inputs if isinstance(i.source, StepOutput)}
        return frozenset(producers) | frozenset(self.after)


@dataclass(frozen=True)
class Parameter:
    """A pipeline parameter: its name and default; the default's type is the type a submitted value must have."""

    name: str
    default: ParameterValue = None


@dataclass(frozen=True)
class Plan:
    """A whole pipeline. `steps` stand in an order in which each comes after all it depends on."""

    steps: tuple[Step, ...]
    parameters: tuple[Parameter, ...] = ()
    description: str | None = None

    def step(self, node: str) -> Step:
        """Return the step with that node id (KeyError if there is none)."""
        for step in self.steps:
            if step.node == node:
                return step
        raise KeyError(node)
