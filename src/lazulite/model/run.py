"""Runs: what was submitted and what became of it.

A pipeline run and each of its step runs are rows of the same shape. `RunStatus` is the one truth about where a run
stands; v1 had two vocabularies for it, and both are derived here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lazulite.model.plan import Plan
from lazulite.model.values import ParameterValue


class RunStatus(enum.Enum):
    """Where a run stands. The values are v1's run-history words (`run.status`, `get_details()`), but for BYPASSED."""

    NOT_STARTED = "NotStarted"
    QUEUED = "Queued"
    PREPARING = "Preparing"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    #: Never started, because a step it depends on failed. v1 shows it only in the engine's vocabulary.
    BYPASSED = "Bypassed"

    @property
    def is_terminal(self) -> bool:
        return self in _TERMINAL

    @property
    def history_word(self) -> str:
        """v1's run-history vocabulary, which has no word for BYPASSED: `run.status`, `get_details()["status"]`."""
        return "Canceled" if self is RunStatus.BYPASSED else self.value

    @property
    def graph_word(self) -> str:
        """v1's engine vocabulary: `get_status()` of pipeline and step runs, and what waiting for them returns."""
        return _GRAPH_WORDS.get(self, self.value)


_TERMINAL = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED, RunStatus.BYPASSED})
_GRAPH_WORDS = {
    RunStatus.COMPLETED: "Finished",
    RunStatus.PREPARING: "Running",
    RunStatus.FINALIZING: "Running",
    RunStatus.CANCEL_REQUESTED: "Running",
}


class RunKind(enum.Enum):
    """What a row of the run table is; the values are v1's run types."""

    PIPELINE = "azureml.PipelineRun"
    STEP = "azureml.StepRun"
    #: Driven by the user's own process: `Experiment.start_logging()`, `run.child_run()`.
    INTERACTIVE = "azureml.interactiverun"


@dataclass(frozen=True)
class RunError:
    """Why a run failed, for people: a stable code, one message, and the tail of the script's own output."""

    code: str
    message: str
    details: str = ""


@dataclass(frozen=True)
class Run:
    """One run, as recorded. A returned `Run` never changes; ask again for news."""

    id: str
    workspace: str  # the workspace's id
    experiment: str
    kind: RunKind
    status: RunStatus
    created_at: datetime
    name: str = ""  # of a step run: the step's name
    number: int = 0  # counts the top-level runs of an experiment, from 1
    display_name: str | None = None
    description: str | None = None
    parent_id: str | None = None
    root_id: str = ""
    node: str | None = None  # of a step run: its node in the plan
    started_at: datetime | None = None
    ended_at: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    error: RunError | None = None
    target: str | None = None  # compute name
    reused_run_id: str | None = None
    #: Where the run's artifacts (logs, ./outputs, uploaded files) are: a datastore and a folder in it.
    artifact_datastore: str = ""
    artifact_path: str = ""
    submitted_by: str = ""
    #: Of a step run: the job now or last working for it, and how many were tried.
    job: str | None = None
    attempt: int = 0


@dataclass(frozen=True)
class OutputRecord:
    """A declared output as it was when its step had ended.

    `content` is a digest over names and bytes, `stat` one over names, sizes and times: equal `stat` means
    unchanged without reading a byte.
    """

    name: str
    datastore: str
    path: str
    content: str
    stat: str
    files: int = 0
    bytes: int = 0
    is_directory: bool = False


@dataclass(frozen=True)
class Submission:
    """Everything needed to start a pipeline run."""

    experiment: str
    plan: Plan
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    step_tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)  # of the run and of its steps
    run_properties: Mapping[str, str] = field(default_factory=dict)  # of the run alone
    description: str | None = None
    display_name: str | None = None
    continue_on_step_failure: bool = False
    regenerate_outputs: bool = False
    parent_run_id: str | None = None
    #: The run that this one resumes: steps that completed there, with outputs as they were, are taken over whatever
    #: their key says.
    resumes: str | None = None
    #: Nodes whose steps are run, whatever could be reused or taken over.
    anew: tuple[str, ...] = ()
    #: The interpreter whose packages count as "the current interpreter" for the steps' environments.
    interpreter: str = ""
    submitted_by: str = ""
    #: The id that the run gets, if who submits chooses it: sent twice, it is one run. Not kept with the rest.
    run_id: str | None = None


@dataclass(frozen=True)
class RunPatch:
    """A change to a run that its owner may make; None leaves a field as it is."""

    display_name: str | None = None
    description: str | None = None
    set_tags: Mapping[str, str] = field(default_factory=dict)
    remove_tags: tuple[str, ...] = ()
    add_properties: Mapping[str, str] = field(default_factory=dict)
    status: RunStatus | None = None  # of interactive runs only
    error: RunError | None = None


#: A tag by which somebody says that a failed run needs no more attention.
HANDLED = "handled"
#: By what runs can be ordered.
RUN_ORDERS = ("created", "ended", "duration", "name", "experiment", "status")


@dataclass(frozen=True)
class RunQuery:
    """Which runs to list; every given field must match. Newest first, unless `order` says otherwise."""

    experiment: str | None = None
    kind: RunKind | None = None
    parent_id: str | None = None
    root_id: str | None = None
    #: True: only runs without a parent.
    top_level: bool = False
    statuses: tuple[RunStatus, ...] = ()
    tags: Mapping[str, str | None] = field(default_factory=dict)  # value None: the tag exists
    properties: Mapping[str, str | None] = field(default_factory=dict)
    target: str | None = None
    #: Text found, whatever its case, in id, name, display name, description, or a tag's name or value.
    text: str | None = None
    submitted_by: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    #: Name of a metric, of the run (with `top_level`: or of a run below it), to the condition that its newest number
    #: meets, such as ">= 0.9" ("": there is one).
    metrics: Mapping[str, str] = field(default_factory=dict)
    #: Name of a pipeline parameter to its value, as text.
    parameters: Mapping[str, str] = field(default_factory=dict)
    #: True: only failed runs after which no run of the same experiment and name was started that did not fail too, and
    #: that nobody marked as HANDLED.
    unresolved: bool = False
    #: One of RUN_ORDERS; the greatest (newest, longest) first unless `ascending`.
    order: str = "created"
    ascending: bool = False
    #: The list goes on behind the run of this id: pages that neither repeat nor skip a run while new ones come.
    after: str | None = None
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True)
class Metric:
    """One logged value of a run.

    `kind` is scalar, list, row, table, image or one of v1's chart kinds (confusion_matrix, accuracy_table, residuals,
    predictions); `value` is JSON. Several records of one name make a vector, or the rows of a table.
    """

    name: str
    kind: str
    value: object
    at: datetime
    step: int | None = None
    description: str = ""


@dataclass(frozen=True)
class Rerun:
    """How a pipeline run is run again: with these `parameters` in place of its own, all others as they were.

    `resume` takes over every step that completed, whatever its reuse key says; `regenerate_outputs` runs every step.
    `from_node` (a node id, or the name of a step that no other has) runs that step and all after it, and takes over
    the others. Text for a parameter of another type is converted, as for `StartRequest`.
    """

    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    resume: bool = False
    regenerate_outputs: bool = False
    from_node: str | None = None
    experiment: str | None = None
    display_name: str | None = None
    submitted_by: str = ""
    #: The id that the new run gets, if who asks chooses it: sent twice, it is one run.
    run_id: str | None = None


@dataclass(frozen=True)
class StepCounts:
    """How far a pipeline run is: its steps by status, and how many of those that completed were reused."""

    total: int = 0
    reused: int = 0
    by_status: Mapping[str, int] = field(default_factory=dict)
