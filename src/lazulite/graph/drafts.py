"""What an author wrote, as data: one draft for each step object, and the tree in which the steps were listed.

A draft is a step before anyone has looked at the others: its inputs name data by token, not by node, and its compute
target and datastores are names that nobody has checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

from lazulite.model.environment import EnvironmentSpec
from lazulite.model.plan import (
    Action,
    Argument,
    DataSource,
    Literal,
    Parameter,
    ParameterArgument,
    PathParameter,
)


@dataclass(frozen=True)
class Produced:
    """Data that another step of the pipeline writes; `token` is that data object's own, `name` what people call it."""

    token: str
    name: str


@dataclass(frozen=True)
class InputDraft:
    """One named input; the fields are those of `model.plan.Input`."""

    name: str
    source: Union[DataSource, PathParameter, Produced]
    mode: str = "mount"
    path_on_compute: str | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class OutputDraft:
    """One named output. `datastore` None means the pipeline's default; the other fields are `model.plan.Output`'s."""

    token: str
    name: str
    datastore: str | None = None
    mode: str = "mount"
    path: str = "azureml/{run-id}/{output-name}"
    path_on_compute: str | None = None
    overwrite: bool = False
    is_directory: bool | None = None
    pipeline_output_name: str | None = None
    place: PathParameter | None = None


@dataclass(frozen=True)
class StepDraft:
    """One step object. `key` is unique to the object, so that listing it twice is still one node.

    `used` are the pipeline parameters that occur anywhere in the step. `after` holds the keys of steps it was told
    to wait for. `source_directory` "" means that it has no code. `problems` are sentences about mistakes that only the
    author's side could see, such as a script that is not there.
    """

    key: str
    name: str
    step_type: str
    action: Action
    arguments: tuple[Argument, ...] = ()
    inputs: tuple[InputDraft, ...] = ()
    outputs: tuple[OutputDraft, ...] = ()
    parameters: Mapping[str, Union[ParameterArgument, Literal]] = field(default_factory=dict)
    used: tuple[Parameter, ...] = ()
    compute: str | None = None
    environment: EnvironmentSpec = field(default_factory=EnvironmentSpec)
    source_directory: str | None = None
    scope: str = "directory"
    hash_paths: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    allow_reuse: bool = True
    version: str | None = None
    node_count: int = 1
    timeout_seconds: float | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parallel:
    """Items that were listed together: the list itself orders nothing."""

    items: tuple[Tree, ...] = ()


@dataclass(frozen=True)
class Ordered:
    """A sequence: all of an item waits for all of the item before it."""

    items: tuple[Tree, ...] = ()


Tree = Union[StepDraft, Parallel, Ordered]


@dataclass(frozen=True)
class Closure:
    """Steps that listed ones need and that nobody listed.

    Args:
        producers: By token, the step that writes the data.
        predecessors: By key, every step that some step was told to wait for.
        resolve: Whether such steps are pulled in. If not, needing one is an error that names it.
    """

    producers: Mapping[str, StepDraft] = field(default_factory=dict)
    predecessors: Mapping[str, StepDraft] = field(default_factory=dict)
    resolve: bool = True


@dataclass(frozen=True)
class Known:
    """What the workspace has, as far as authoring must know it: names, and the defaults for what a step left out."""

    computes: frozenset[str] = frozenset()
    datastores: frozenset[str] = frozenset()
    default_datastore: str | None = None
    default_source_directory: str | None = None
