"""The engine's part of schedules: looks at those whose time has come, and records each look with its reason.

In memory is only when each one is to be looked at. All else is read from the records when that time has come, and a look
is recorded in one transaction with the runs it starts; so it does not matter when an engine dies.

Files are listed on threads of their own: a network share that does not answer keeps nobody waiting.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.engine.scheduling.looks import Listed, Look, Looks
from lazulite.engine.submitting import recording
from lazulite.model.assets import AssetKind
from lazulite.model.codec import from_data
from lazulite.model.errors import NotFound
from lazulite.model.schedule import DataTrigger, Schedule, ScheduleState
from lazulite.records.records import Records

#: After a look that could not be recorded, so long until the next.
RETRY = timedelta(seconds=5)

_Key = tuple[str, str]  # a workspace's id and a schedule's


class Schedules:
    """All schedules of one home. Made and used by the engine's loop, in its thread.

    Args:
        wake: Called from another thread when a look can go on.
        now: The clock.
    """

    def __init__(
        self,
        home: Home,
        records: Records,
        log: Callable[[str], None],
        wake: Callable[[], None],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._wake = wake
        self._now = now
        self._looks = Looks(home, records, log)
        self._waiting: dict[_Key, datetime] = {}
        self._not_before: dict[_Key, datetime] = {}
        self._listing: dict[_Key, DataTrigger] = {}
        self._listed: dict[_Key, Listed] = {}

    @property
    def is_needed(self) -> bool:
        """Whether there is any schedule that an engine has to live for."""
        return bool(self._waiting)

    def refresh(self) -> None:
        """Learn from the records which schedules there are, and when to look at each."""
        self._waiting = {
            (one.workspace, one.schedule): one.next_at for one in self._records.waiting_schedules()
        }
        self._not_before = {key: at for key, at in self._not_before.items() if key in self._waiting}

    def seconds(self) -> float | None:
        """How long until one is to be looked at; None if there is none."""
        times = [self._due(key) for key in self._waiting if key not in self._listing or key in self._listed]
        return max(0.0, (min(times) - self._now()).total_seconds()) if times else None

    def look(self) -> bool:
        """Look at those whose time has come. Returns whether any run was started."""
        now = self._now()
        ready = {key for key in self._waiting if self._due(key) <= now}
        for key in self._listed.keys() - ready:  # deleted or changed while its files were listed
            self._forget_listing(key)
        started = False
        for key in sorted(ready):
            if key not in self._listing or key in self._listed:
                started |= self._look_apart(key, now)
        return started

    def _due(self, key: _Key) -> datetime:
        return max(self._waiting[key], self._not_before.get(key, self._waiting[key]))

    def _look_apart(self, key: _Key, now: datetime) -> bool:
        """Look at one; its trouble is no other's."""
        self._not_before.pop(key, None)
        try:
            return self._look_at(key, now)
        except Exception:  # noqa: BLE001 - whatever it is, the others go on, and this one is tried again
            self._log(f"schedule {key[1]} could not be looked at:\n{traceback.format_exc()}")
            self._forget_listing(key)
            self._not_before[key] = now + RETRY
            return False

    def _look_at(self, key: _Key, now: datetime) -> bool:
        try:
            asset = self._records.asset(key[0], AssetKind.SCHEDULE, key[1])
            state = self._records.schedule_state(*key)
        except NotFound:  # deleted meanwhile
            self._plan(key, None)
            return False
        schedule = from_data(Schedule, asset.document)
        if state.next_at is None or state.next_at > now:  # changed meanwhile
            self._plan(key, state.next_at)
        elif schedule.trigger is not None:
            if self._listing.get(key) != schedule.trigger:
                self._list(key, schedule.trigger)
            else:
                listed = self._listed[key]
                self._forget_listing(key)
                look = self._looks.at_data(key[0], schedule, schedule.trigger, listed, state, now)
                return self._record(key, state, look)
        elif schedule.recurrence is not None:
            made = asset.created_at or now
            look = self._looks.at_clock(key[0], schedule, schedule.recurrence, made, state, now)
            return self._record(key, state, look)
        return False

    def _record(self, key: _Key, before: ScheduleState, look: Look) -> bool:
        if not self._records.record_look(*key, before, look.after, look.checks, look.starts):
            self._plan(key, self._now())  # its owner changed it meanwhile: look again
            return False
        self._plan(key, look.after.next_at)
        for start in look.starts:
            recording.make_room(self._home, self._records, start.run)
        return bool(look.starts)

    def _plan(self, key: _Key, next_at: datetime | None) -> None:
        if next_at is None:
            self._waiting.pop(key, None)
        else:
            self._waiting[key] = next_at

    # --- listing files ---

    def _list(self, key: _Key, trigger: DataTrigger) -> None:
        """List the files on a thread, and look again when that is done."""
        self._listed.pop(key, None)
        self._listing[key] = trigger
        places = Places(self._home, self._records, key[0], is_hurried=True)

        def work() -> None:
            listed: Listed
            try:
                store = places.store(trigger.datastore)
                listed = store.watched(trigger.path, recursive=trigger.recursive)
            except Exception as error:  # noqa: BLE001 - it is told where the schedule's looks are
                listed = error
            if self._listing.get(key) is trigger:  # else it was forgotten meanwhile
                self._listed[key] = listed
                self._wake()

        threading.Thread(target=work, daemon=True, name=f"list {trigger.datastore}").start()

    def _forget_listing(self, key: _Key) -> None:
        self._listing.pop(key, None)
        self._listed.pop(key, None)
