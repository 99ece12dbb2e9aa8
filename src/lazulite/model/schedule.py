"""Schedules: when a published pipeline runs by itself, and the record of every look at the clock or the data."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lazulite.model.values import ParameterValue

#: The workspace's setting that says what becomes of times that passed while no engine lived: "skip" (the default) or
#: "run-once", one run for all of them as soon as an engine lives again.
MISSED_SETTING = "schedules.missed"
MISSED_CHOICES = ("skip", "run-once")


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
    """One look at a schedule: when, what came of it and why, and the runs it started.

    `data` holds the same for programs: `due` (a recurrence's time), `missed` (how many times), `files` (what changed).
    """

    sequence: int
    at: datetime
    verdict: Verdict
    reason: str
    run_ids: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScheduleState:
    """Where a schedule stands: apart from the document that its owner edits, and written anew when the owner changes
    its timing.

    `next_at` is when the engine looks next: for a recurrence when it fires, for a data trigger when the files are listed;
    None while it is disabled. Of a data trigger, `seen` is the version of each file that was there at
    first or was acted on, `pending` those of files that are new or changed and have to be found unchanged once more.
    """

    next_at: datetime | None = None
    last_fired_at: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    pending: Mapping[str, str] = field(default_factory=dict)


def in_words(schedule: Schedule) -> str:
    """When a schedule runs, in a few words for people."""
    trigger = schedule.trigger
    if trigger is not None:
        below = " and below" if trigger.recursive else ""
        return f"changes at {trigger.datastore}/{trigger.path}{below}, looked at every {trigger.polling_minutes:g} min"
    return "" if schedule.recurrence is None else _recurrence_in_words(schedule.recurrence)


def _recurrence_in_words(recurrence: Recurrence) -> str:
    unit = recurrence.frequency.lower()
    every = f"every {unit}" if recurrence.interval == 1 else f"every {recurrence.interval} {unit}s"
    days = f" on {', '.join(recurrence.week_days)}" if recurrence.week_days else ""
    times = ""
    if recurrence.hours:
        minutes = recurrence.minutes or (0,)
        times = " at " + ", ".join(
            f"{hour:02}:{minute:02}" for hour in recurrence.hours for minute in minutes
        )
    elif recurrence.minutes:
        times = f" at minute {', '.join(map(str, recurrence.minutes))}"
    start = f" from {recurrence.start_time.replace('T', ' ')}" if recurrence.start_time else ""
    return f"{every}{days}{times}{start} ({recurrence.time_zone})"
