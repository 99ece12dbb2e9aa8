"""What happened to a run, in order: the rows from which waiting clients and a restarted engine learn everything."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class EventKind(enum.Enum):
    SUBMITTED = "submitted"
    #: A run's status changed; data: {"status": …, "reason"?: …, "error"?: RunError}.
    STATUS = "status"
    #: The engine decided whether a step reuses an earlier run; data: {"verdict", "reused_run_id"?, "reason"}.
    DECIDED = "decided"
    #: A try of a step was handed to a compute target; data: {"job": id, "attempt": n}.
    LAUNCHED = "launched"
    #: The machine under a job was lost and the step will be tried again; data: {"job", "attempt", "reason"}.
    LOST = "lost"
    CANCEL_REQUESTED = "cancel_requested"


@dataclass(frozen=True)
class Event:
    """One event. `run_id` is the pipeline run (the stream), `subject` the run it is about (itself or a step run)."""

    sequence: int
    run_id: str
    subject: str
    kind: EventKind
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
