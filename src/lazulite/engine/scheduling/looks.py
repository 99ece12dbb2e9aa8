"""What comes of a look at a schedule: what is said about it, where it stands then, and the runs it starts.

Nothing is recorded here; whoever looks does that, in one transaction.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Union

from lazulite.engine.layout import Home
from lazulite.engine.scheduling import firing
from lazulite.engine.scheduling.due import Due, due
from lazulite.engine.scheduling.file_changes import Changes, changes
from lazulite.model.errors import LazuliteError, ServiceUnavailable, StorageFull
from lazulite.model.schedule import (
    MISSED_CHOICES,
    MISSED_SETTING,
    DataTrigger,
    Recurrence,
    Schedule,
    ScheduleCheck,
    ScheduleState,
    Verdict,
)
from lazulite.model.values import ParameterValue
from lazulite.records.records import Records
from lazulite.records.schedules import Start

#: In one look so many runs are started at most; what else changed waits for the next look, which comes at once.
MOST_RUNS = 50
#: How long after a file was found changed it is looked at again, if the schedule does not look sooner.
SETTLE = timedelta(seconds=30)

#: What a listing gave: the version of each file (None: nothing is there), or why it could not be listed.
Listed = Union[Mapping[str, str], Exception, None]


@dataclass(frozen=True)
class Look:
    """What a look found."""

    after: ScheduleState
    checks: tuple[ScheduleCheck, ...]
    starts: tuple[Start, ...] = ()


class Looks:
    """Looks at schedules of one home."""

    def __init__(self, home: Home, records: Records, log: Callable[[str], None]) -> None:
        self._home = home
        self._records = records
        self._log = log

    def at_clock(
        self,
        workspace: str,
        schedule: Schedule,
        recurrence: Recurrence,
        made: datetime,
        state: ScheduleState,
        now: datetime,
    ) -> Look:
        """Look at the clock. `made` is when the schedule was made."""
        found = due(recurrence, made, state.next_at or now, now, catch_up=self._catches_up(workspace))
        checks = [firing.check(now, Verdict.MISSED, _missed(found, recurrence), missed=found.missed)]
        after = replace(state, next_at=found.next_at)
        if not found.missed:
            checks.clear()
        if found.fires is None:
            return Look(after, tuple(checks))
        reason = f"It was due at {firing.clock(found.fires, recurrence.time_zone)}."
        fired = self._fire(workspace, schedule, [{}], after, now, reason, due=found.fires.isoformat())
        return replace(fired, checks=(*checks, *fired.checks))

    def _catches_up(self, workspace: str) -> bool:
        return self._records.workspace(workspace).settings.get(MISSED_SETTING) == MISSED_CHOICES[1]

    def at_data(
        self,
        workspace: str,
        schedule: Schedule,
        trigger: DataTrigger,
        listed: Listed,
        state: ScheduleState,
        now: datetime,
    ) -> Look:
        """Look at what a listing of the files gave."""
        later = replace(state, next_at=now + timedelta(minutes=trigger.polling_minutes))
        if isinstance(listed, Exception):
            reason = f"The files could not be looked at: {_words(listed)}"
            return Look(later, (firing.check(now, Verdict.FAILED, reason),))
        if listed is None:
            # What was seen stays so: a disk that is mounted again brings no new files.
            reason = f"There is nothing at '{trigger.path}' on datastore '{trigger.datastore}'."
            return Look(later, (firing.check(now, Verdict.NOTHING_NEW, reason),))
        found = changes(later, listed, len(listed) if trigger.batch else MOST_RUNS)
        after = found.after
        if found.left:
            after = replace(after, next_at=now)
        elif found.unsettled and later.next_at is not None:
            after = replace(after, next_at=min(later.next_at, now + SETTLE))
        if not found.settled:
            return Look(after, (firing.check(now, Verdict.NOTHING_NEW, _nothing_new(found, trigger)),))
        values = firing.changed_data(trigger, found.settled)
        reason = f"{_files(len(found.settled))} changed: {firing.named(found.settled)}."
        return self._fire(workspace, schedule, values, after, now, reason, files=list(found.settled))

    def _fire(
        self,
        workspace: str,
        schedule: Schedule,
        values: Sequence[Mapping[str, ParameterValue]],
        after: ScheduleState,
        now: datetime,
        reason: str,
        **data: Any,
    ) -> Look:
        """The runs, ready to be recorded, or the check that tells why there are none."""
        try:
            starts = [firing.start(self._home, self._records, workspace, schedule, more) for more in values]
        except (ServiceUnavailable, StorageFull):
            raise  # the database is busy or its disk full: that passes, and then it fires
        except Exception as error:  # noqa: BLE001 - a schedule's trouble is told where its looks are
            if not isinstance(error, LazuliteError):
                self._log(f"schedule {schedule.id} could not fire:\n{traceback.format_exc()}")
            reason = f"{reason} It could not start: {_words(error)}"
            return Look(after, (firing.check(now, Verdict.FAILED, reason, **data),))
        ids = tuple(start.run.id for start in starts)
        check = firing.check(now, Verdict.FIRED, reason, ids, **data)
        return Look(replace(after, last_fired_at=now), (check,), tuple(starts))


def _missed(found: Due, recurrence: Recurrence) -> str:
    if found.first is None or found.last is None:
        return ""
    clock = recurrence.time_zone
    made_up = " One run makes up for all." if found.fires else ""
    if found.missed == 1:
        return f"No engine lived when it was due at {firing.clock(found.first, clock)}.{made_up}"
    return (
        f"No engine lived at {found.missed} times when it was due, from {firing.clock(found.first, clock)} to "
        f"{firing.clock(found.last, clock)}.{made_up}"
    )


def _nothing_new(found: Changes, trigger: DataTrigger) -> str:
    where = f"at '{trigger.path or '/'}' on datastore '{trigger.datastore}'"
    if found.unsettled:
        return (
            f"{_files(len(found.unsettled))} changed: {firing.named(found.unsettled)}. What is found unchanged once "
            "more starts a run."
        )
    return f"None of {_files(found.files)} {where} changed."


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _words(error: Exception) -> str:
    return error.message if isinstance(error, LazuliteError) else f"{type(error).__name__}: {error}"
