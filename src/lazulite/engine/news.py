"""What an engine's loop is told, from whichever thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from lazulite.compute.base import JobEnded, JobLost, JobStage, Report
from lazulite.engine.reuse import Found
from lazulite.model.run import RunError


@dataclass(frozen=True)
class Woken:
    """Somebody wrote something into the records that the engine should look at."""


@dataclass(frozen=True)
class Decided:
    """A reuse decision is made (`found`), or the step cannot go on (`error`)."""

    run_id: str
    node: str
    found: Found | None
    error: RunError | None = None


#: What is said about a step of a run.
StepNews = Union[Decided, JobStage, JobEnded, JobLost]
News = Union[Report, Decided, Woken]
