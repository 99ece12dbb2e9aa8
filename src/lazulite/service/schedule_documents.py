"""Schedules as documents: checked against their workspace when they are put, and where they stand from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.engine.scheduling import firing, recurrence
from lazulite.engine.submitting import starting
from lazulite.graph.labels import listed, nearest
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.plan import Parameter
from lazulite.model.publishing import PublishedPipeline
from lazulite.model.schedule import DataTrigger, Schedule, ScheduleState, ScheduleStatus, Verdict
from lazulite.model.values import DataPathValue
from lazulite.records.records import Records
from lazulite.storage.paths import relative

#: How often files may be looked at, in minutes: from once a second to once a month.
_POLLING = (1 / 60, 60 * 24 * 31)


def now() -> datetime:
    """The present moment."""
    return datetime.now(timezone.utc)


def put(home: Home, records: Records, workspace: str, asset: Asset, *, overwrite: bool) -> Asset:
    """Record a schedule. When its timing is new, or it is enabled again, its times count from now on.

    Raises:
        InvalidRequest: something in it cannot be followed; the message names it.
        NotFound: its pipeline, endpoint or datastore does not exist.
        Conflict: it exists, and not `overwrite`.
        StorageError: the files that it waits for cannot be listed.
    """
    schedule = from_data(Schedule, asset.document)
    _check(records, workspace, asset, schedule)
    asset = replace(asset, document=to_data(schedule))
    moment = now()
    earlier = _earlier(records, workspace, asset.name)
    if earlier is None:
        asset = replace(asset, created_at=moment)
    elif not overwrite or _timing(from_data(Schedule, earlier.document)) == _timing(schedule):
        return records.put_asset(workspace, asset, overwrite)
    made = moment if earlier is None or earlier.created_at is None else earlier.created_at
    state, words = _first_state(home, records, workspace, schedule, made, moment)
    if earlier is not None:
        state = replace(state, last_fired_at=records.schedule_state(workspace, asset.name).last_fired_at)
    check = firing.check(moment, Verdict.NOTHING_NEW, words)
    return records.put_schedule(workspace, asset, state, check, overwrite)


def refuse_if_used(records: Records, workspace: str, kind: AssetKind, name: str) -> None:
    """Make sure that no enabled schedule starts the published pipeline or the endpoint `name`, which is to be deleted.

    Raises:
        Conflict: one does.
    """
    if kind is AssetKind.PIPELINE_ENDPOINT:
        names = {name, str(starting.find_endpoint(records, workspace, name).document.get("id"))}
    else:
        names = {name}
    for asset in records.assets(workspace, AssetKind.SCHEDULE):
        schedule = from_data(Schedule, asset.document)
        target = schedule.endpoint_id if kind is AssetKind.PIPELINE_ENDPOINT else schedule.pipeline_id
        if target in names and schedule.status is ScheduleStatus.ACTIVE:
            raise Conflict(
                f"Schedule '{schedule.name}' ({schedule.id}) starts it. Disable or delete that first.",
                name=schedule.id,
            )


def _first_state(
    home: Home, records: Records, workspace: str, schedule: Schedule, made: datetime, moment: datetime
) -> tuple[ScheduleState, str]:
    """Where it stands now, and that in words."""
    if schedule.status is not ScheduleStatus.ACTIVE:
        return ScheduleState(), "It is disabled."
    if schedule.trigger is not None:
        # Now and not at the engine's first look, so that a file that is written in the next moment counts.
        there = _files(home, records, workspace, schedule.trigger)
        next_at = moment + timedelta(minutes=schedule.trigger.polling_minutes)
        words = f"It is enabled. {len(there)} files are there; what changes from now on starts a run."
        return ScheduleState(next_at, seen=there), words
    due = recurrence.next_after(schedule.recurrence, made, moment) if schedule.recurrence else None
    if due is None or schedule.recurrence is None:
        return ScheduleState(), "It is enabled, but its times are all over."
    when = firing.clock(due, schedule.recurrence.time_zone)
    return ScheduleState(due), f"It is enabled. Its first run is due at {when}."


def _files(home: Home, records: Records, workspace: str, trigger: DataTrigger) -> dict[str, str]:
    store = Places(home, records, workspace, is_hurried=True).store(trigger.datastore)
    return store.watched(trigger.path, recursive=trigger.recursive) or {}


def _timing(schedule: Schedule) -> tuple[object, ...]:
    return schedule.status, schedule.recurrence, schedule.trigger


def _earlier(records: Records, workspace: str, name: str) -> Asset | None:
    try:
        return records.asset(workspace, AssetKind.SCHEDULE, name)
    except NotFound:
        return None


def _check(records: Records, workspace: str, asset: Asset, schedule: Schedule) -> None:
    if not schedule.id or asset.name != schedule.id:
        raise InvalidRequest(
            f"The asset of a schedule is named by the schedule's id; {asset.name!r} is not {schedule.id!r}."
        )
    ids.checked("run", schedule.id)
    ids.checked("experiment", schedule.experiment)
    if not schedule.name.strip():
        raise InvalidRequest("A schedule needs a name that people know it by.")
    if (schedule.recurrence is None) == (schedule.trigger is None):
        raise InvalidRequest(
            f"Schedule '{schedule.name}' has to say when it runs: by a recurrence, or by a datastore whose files are "
            "looked at. One of the two."
        )
    parameters = _parameters(records, workspace, schedule)
    if schedule.recurrence is not None:
        recurrence.check(schedule.recurrence)
    if schedule.trigger is not None:
        _check_trigger(records, workspace, schedule.trigger, parameters)
    if parameters is not None:
        known = [parameter.name for parameter in parameters]
        for name in schedule.parameters:
            _check_known(name, known)


def _parameters(records: Records, workspace: str, schedule: Schedule) -> tuple[Parameter, ...] | None:
    """What the pipeline takes; None if an endpoint's default pipeline, which may be another one tomorrow, says it."""
    if (schedule.pipeline_id is None) == (schedule.endpoint_id is None):
        raise InvalidRequest(
            f"Schedule '{schedule.name}' has to name one published pipeline, or one pipeline endpoint."
        )
    if schedule.endpoint_id is not None:
        starting.find_endpoint(records, workspace, schedule.endpoint_id)
        return None
    asset = records.asset(workspace, AssetKind.PUBLISHED_PIPELINE, str(schedule.pipeline_id))
    return from_data(PublishedPipeline, asset.document).parameters


def _check_trigger(
    records: Records, workspace: str, trigger: DataTrigger, parameters: tuple[Parameter, ...] | None
) -> None:
    records.asset(workspace, AssetKind.DATASTORE, trigger.datastore)
    relative(trigger.path, what="path on datastore")
    if not _POLLING[0] <= trigger.polling_minutes <= _POLLING[1]:
        raise InvalidRequest(
            f"The polling interval is {trigger.polling_minutes:g} minutes. Expected from one second (1/60) to a month "
            f"({_POLLING[1]:,})."
        )
    if trigger.parameter is None or parameters is None:
        return
    found = {parameter.name: parameter for parameter in parameters}
    _check_known(trigger.parameter, list(found))
    default = found[trigger.parameter].default
    if default is not None and not isinstance(default, DataPathValue):
        raise InvalidRequest(
            f"The pipeline's parameter '{trigger.parameter}' takes no data path (its default is {default!r}), so it cannot "
            "receive the file that changed.",
            parameter=trigger.parameter,
        )


def _check_known(name: str, known: list[str]) -> None:
    if name not in known:
        raise InvalidRequest(
            f"The pipeline has no parameter '{name}'.{nearest(name, known)} It has: {listed(sorted(known))}.",
            parameter=name,
        )
