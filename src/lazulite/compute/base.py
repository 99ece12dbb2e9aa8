"""The second protocol of the system: a place where jobs run.

A backend takes jobs, runs each exactly as its `Job` says (by way of `lazulite.worker`), and reports what happens
through one callable. The contract in words:

- `launch` returns at once and is idempotent on `Job.id`: a job that runs is watched, one that ended is reported
  again, one whose machine died is reported lost. So an engine that restarts launches everything in flight again.
- Jobs outlive the engine. A backend that is constructed anew finds the nodes and jobs of its predecessor.
- Jobs beyond `max_nodes` wait in the order of their launch. One node runs one job at a time.
- `JobEnded` is reported once per launch, after everything the job wrote is in place.
- Reports come from any thread; the callable never blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, Union

from lazulite.model.assets import ComputeTarget, Node
from lazulite.model.job import Job, Outcome
from lazulite.model.run import RunStatus


@dataclass(frozen=True)
class JobStage:
    """The job reached a stage of its life: PREPARING (staging, environment), RUNNING, FINALIZING.

    `at` is when; None: just now.
    """

    job_id: str
    stage: RunStatus
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class JobEnded:
    job_id: str
    outcome: Outcome


@dataclass(frozen=True)
class JobLost:
    """The job's process or machine is gone and it left no outcome."""

    job_id: str
    reason: str


@dataclass(frozen=True)
class NodesChanged:
    """The nodes of one compute target, all of them, as they are now."""

    workspace: str
    compute: str
    nodes: tuple[Node, ...]


Report = Union[JobStage, JobEnded, JobLost, NodesChanged]


class Compute(Protocol):
    """A backend. Constructed as `backend(home, report)`; see the module's text for what holds."""

    def __init__(self, home: Path, report: Callable[[Report], None]) -> None: ...

    def launch(self, job: Job, target: ComputeTarget) -> None:
        """Run the job on a node of the target, now or when one is free."""

    def cancel(self, job_id: str) -> None:
        """End the job: asked politely, then by force. Reported as `JobEnded` with status Canceled."""

    def resize(self, workspace: str, target: ComputeTarget) -> None:
        """Bring the nodes in line with the target's definition: min_nodes up, idle ones beyond max_nodes down."""

    def remove(self, workspace: str, compute: str) -> None:
        """The target was deleted: stop its nodes as their jobs end."""

    def nodes(self) -> tuple[Node, ...]:
        """All nodes of all targets."""

    def close(self, *, stop_nodes: bool) -> None:
        """The engine ends. With `stop_nodes` idle nodes stop too; jobs in flight always go on."""
