"""Schedules: when a published pipeline runs by itself, and the record of every look at the clock or the data."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lazulite.model.values import ParameterValue


class ScheduleStatus(enum.Enum):
    ACTIVE = "Active"
    DISABLED = "Disabled"


@dataclass(frozen=True)
class Recurrence:
    """v1's recurrence. Times without a zone are local to `time_zone` (an IANA or a Windows name, as it was given).

    `frequency` is Minute, Hour, Day, Week or Month. `hours` and `minutes` go with Day and Week, `week_days` (English,
    in full) with Week.
    """

    frequency: str
    interval: int = 1
    start_time: str | None = None  # ISO 8601 without zone
    time_zone: str = "UTC"
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    week_days: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataTrigger:
    """Run when data change: files below `path` on `datastore` are looked at every `polling_minutes`.

    `recursive` (v1: no) looks into sub-folders, `batch` (v1: no) starts one run for all changes of a look instead of one
    for each file. `parameter` receives the changed file (of a batch: the folder) as a data path.
    """

    datastore: str
    path: str = ""
    polling_minutes: float = 5.0
    parameter: str | None = None
    recursive: bool = False
    batch: bool = False


@dataclass(frozen=True)
class Schedule:
    """The document of an asset of kind SCHEDULE; the asset's name is its id, because names repeat. One of
    `pipeline_id` and `endpoint_id` is set, and one of `recurrence` and `trigger`."""

    id: str
    name: str
    experiment: str
    pipeline_id: str | None = None
    endpoint_id: str | None = None
    description: str | None = None
    status: ScheduleStatus = ScheduleStatus.ACTIVE
    recurrence: Recurrence | None = None
    trigger: DataTrigger | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    continue_on_step_failure: bool | None = None
    created_by: str = ""


class Verdict(enum.Enum):
    """What came of one look at a schedule."""

    FIRED = "fired"
    NOTHING_NEW = "nothing-new"
    #: Its time passed while no engine lived; data: how many times.
    MISSED = "missed"
    #: It should have fired and could not: the reason says why.
    FAILED = "failed"


@dataclass(frozen=True)
class ScheduleCheck:
    """One look at a schedule: when, what came of it and why, and the runs it started."""

    sequence: int
    at: datetime
    verdict: Verdict
    reason: str
    run_ids: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScheduleState:
    """Where a schedule stands: the engine's own notes, apart from the document that its owner edits.

    `seen` is, of a data trigger, the version of each file at the last look. `basis` is a digest of the document's timing:
    when an owner changes that, the engine counts anew.
    """

    next_at: datetime | None = None
    last_fired_at: datetime | None = None
    basis: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)
