"""A change: one event of a pipeline run together with what it makes of the run it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lazulite.model.events import EventKind
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import OutputRecord, RunError, RunStatus


@dataclass(frozen=True)
class Change:
    """One step forward of a pipeline run or one of its step runs, as `Records.record` takes it.

    Fields left at None (or empty) leave what is recorded as it is. `properties` are set, not only added: they are
    the system's own. `outputs` replaces the recorded outputs; `reusable_key` makes the subject a candidate for
    reuse under that key. A `status` has no effect on a run that has ended; on one whose cancellation was requested
    only an end has. `at` is when it happened, if not at the time of recording.
    """

    subject: str
    kind: EventKind
    data: Mapping[str, Any] = field(default_factory=dict)
    status: RunStatus | None = None
    error: RunError | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    reused_run_id: str | None = None
    target: str | None = None
    job: str | None = None
    attempt: int | None = None
    decision: ReuseDecision | None = None
    outputs: tuple[OutputRecord, ...] | None = None
    reusable_key: str | None = None
    at: datetime | None = None
