"""A job: one try of a step, complete enough that a worker needs nothing else, and the outcome it reports."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Union

from lazulite.model.assets import ComputeTarget, Datastore, Workspace
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.plan import Action, InputArgument, Literal, OutputArgument
from lazulite.model.run import OutputRecord, RunError

JobArgument = Union[Literal, InputArgument, OutputArgument]


@dataclass(frozen=True)
class JobInput:
    """An input, resolved to a place. `mode` and `path_on_compute` as in `plan.Input`."""

    name: str
    datastore: str
    path: str
    mode: str = "mount"
    path_on_compute: str | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class JobOutput:
    """An output, resolved to a place. `is_directory` None: the script decides."""

    name: str
    datastore: str
    path: str
    mode: str = "mount"
    path_on_compute: str | None = None
    overwrite: bool = False
    is_directory: bool | None = None


@dataclass(frozen=True)
class Resources:
    """What the node's size allows one job: cores, bytes of memory (0: no bound), GPUs."""

    cores: int = 0
    memory: int = 0
    gpus: int = 0
    vm_size: str = ""


@dataclass(frozen=True)
class Job:
    """One try of a step.

    `folder` is the job's own folder on the node: `work/` (the snapshot, the script's working
    directory), `outbox.jsonl` (what the script logged), `state` (who runs it, its stages, last the `Outcome`).
    """

    id: str
    run_id: str
    pipeline_run_id: str
    attempt: int
    step_name: str
    step_type: str
    experiment: str
    workspace: Workspace
    compute: str
    home: str
    folder: str
    blobs: str  # the folder of content-addressed blobs that snapshots are staged from
    snapshot: str
    interpreter: str
    action: Action
    artifact_datastore: str
    artifact_path: str
    arguments: tuple[JobArgument, ...] = ()
    inputs: tuple[JobInput, ...] = ()
    outputs: tuple[JobOutput, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)  # AML_PARAMETER_*, as text
    datastores: Mapping[str, Datastore] = field(default_factory=dict)
    environment: EnvironmentSpec = field(default_factory=EnvironmentSpec)
    resources: Resources = field(default_factory=Resources)
    timeout_seconds: float | None = None
    #: Of a task: where it runs, with the host and the sealed credentials of a service that does the work.
    target: ComputeTarget | None = None
    #: What the script may show the server, and when it ends (seconds since 1970); "": none was made.
    token: str = field(default="", repr=False)
    token_expires: int = 0
    #: Where the artifacts are written until the engine has sent them to their datastore; "": that is a folder of this
    #: machine, and they are written in place.
    spool: str = ""
    #: The folder in which input files from datastores elsewhere are kept for all jobs.
    cache: str = ""


class OutcomeStatus(enum.Enum):
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"


@dataclass(frozen=True)
class Outcome:
    """How a job ended. A failing script is an outcome, not an exception: its own last words are `error.details`."""

    job_id: str
    status: OutcomeStatus
    started_at: datetime
    ended_at: datetime
    exit_code: int | None = None
    error: RunError | None = None
    outputs: tuple[OutputRecord, ...] = ()
    #: Facts for the record: interpreter, environment key, seconds of cpu, bytes of memory at the peak.
    facts: Mapping[str, str] = field(default_factory=dict)
