"""Schedules: where they stand, and every look at them."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.model.assets import Asset
from lazulite.model.run import Run
from lazulite.model.schedule import ScheduleCheck, ScheduleState
from lazulite.records import (
    schedules,
)
from lazulite.records.schedules import Start, Waiting
from lazulite.records.transactions.base import Base


class Schedules(Base):
    """Schedules: where they stand, and every look at them."""

    def put_schedule(
        self, ws_id: str, asset: Asset, state: ScheduleState, check: ScheduleCheck, overwrite: bool = True
    ) -> Asset:
        """Create or replace a schedule's document, and say where it stands from now on; as `put_asset`."""
        with self._database.write() as connection:
            return schedules.put(connection, ws_id, asset, state, check, overwrite=overwrite)

    def schedule_state(self, ws_id: str, schedule: str) -> ScheduleState:
        """Where a schedule stands, or `NotFound`."""
        with self._database.read() as connection:
            return schedules.state(connection, ws_id, schedule)

    def schedule_checks(
        self, ws_id: str, schedule: str, limit: int, before: int | None = None
    ) -> tuple[ScheduleCheck, ...]:
        """The looks at a schedule, newest first; with `before`, those with a smaller sequence."""
        with self._database.read() as connection:
            return schedules.checks(connection, ws_id, schedule, limit, before)

    def waiting_schedules(self) -> tuple[Waiting, ...]:
        """The enabled schedules of all workspaces, the next to be looked at first."""
        with self._database.read() as connection:
            return schedules.waiting(connection)

    def record_look(
        self,
        ws_id: str,
        schedule: str,
        before: ScheduleState,
        after: ScheduleState,
        checks: Sequence[ScheduleCheck],
        starts: Sequence[Start] = (),
    ) -> bool:
        """Record a look at a schedule and the runs it starts, all or nothing; nothing (False) if the schedule does not
        stand any more where the look began."""
        with self._database.write() as connection:
            return schedules.record_look(connection, ws_id, schedule, before, after, checks, starts)

    def start_scheduled(self, ws_id: str, schedule: str, check: ScheduleCheck, start: Start) -> Run:
        """Record a run of a schedule that somebody asked for; returns it with its number."""
        with self._database.write() as connection:
            return schedules.start_now(connection, ws_id, schedule, check, start)
