"""From a schedule to the runs that a look at it starts, and to what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lazulite.engine.layout import Home
from lazulite.engine.scheduling.zones import zone
from lazulite.engine.submitting import recording, starting
from lazulite.model.publishing import StartRequest
from lazulite.model.schedule import DataTrigger, Schedule, ScheduleCheck, Verdict
from lazulite.model.values import DataPathValue, ParameterValue
from lazulite.records.records import Records
from lazulite.records.schedules import Start

#: How many changed files a sentence names.
_NAMED = 3


def start(
    home: Home,
    records: Records,
    workspace: str,
    schedule: Schedule,
    more: Mapping[str, ParameterValue] | None = None,
) -> Start:
    """Make ready a run of the schedule's pipeline, with `more` parameters beside its own.

    Raises:
        LazuliteError: it cannot be started: the pipeline is disabled or gone, a parameter does not fit …
    """
    request = StartRequest(
        experiment=schedule.experiment,
        pipeline=schedule.pipeline_id or "",
        endpoint=schedule.endpoint_id or "",
        parameters={**schedule.parameters, **(more or {})},
        continue_on_step_failure=schedule.continue_on_step_failure,
        schedule_id=schedule.id,
        run_source="Schedule",
        submitted_by=schedule.created_by,
    )
    submission = starting.submission_of(home, records, workspace, request)
    work = recording.checked(home, records, workspace, submission)
    recording.ensure_experiment(records, workspace, schedule.experiment)
    run, steps = recording.rows(work)
    return Start(run, steps, work.submission)


def changed_data(trigger: DataTrigger, files: tuple[str, ...]) -> list[dict[str, ParameterValue]]:
    """The parameters of each run that these changed files start."""
    places = [trigger.path.strip("/")] if trigger.batch else list(files)
    if trigger.parameter is None:
        return [{} for _ in places]
    return [{trigger.parameter: DataPathValue(trigger.datastore, place)} for place in places]


def check(
    at: datetime, verdict: Verdict, reason: str, run_ids: tuple[str, ...] = (), **data: Any
) -> ScheduleCheck:
    """What is said of a look that is not recorded yet, and so has no number."""
    return ScheduleCheck(0, at, verdict, reason, run_ids, data)


def clock(moment: datetime, time_zone: str) -> str:
    """A moment as its schedule's clock shows it."""
    return f"{moment.astimezone(zone(time_zone)):%Y-%m-%d %H:%M:%S} ({time_zone})"


def named(files: tuple[str, ...]) -> str:
    """Some of the files, for a sentence."""
    more = len(files) - _NAMED
    return ", ".join(files[:_NAMED]) + (f" and {more} more" if more > 0 else "")
