"""The operations on schedules beside those on their documents: where they stand, what came of each look, run now."""

from __future__ import annotations

from datetime import datetime, timezone

from lazulite.engine import process
from lazulite.engine.scheduling import firing
from lazulite.engine.submitting import recording
from lazulite.model.assets import AssetKind
from lazulite.model.codec import from_data
from lazulite.model.errors import InvalidRequest
from lazulite.model.run import Run
from lazulite.model.schedule import Schedule, ScheduleCheck, ScheduleState, Verdict
from lazulite.service.base import Base

#: So many looks are listed at most.
_MOST = 1000


class Schedules(Base):
    """Looking at schedules and their history, and running them now."""

    def get_schedule_state(self, workspace: str, schedule: str) -> ScheduleState:
        return self._records.schedule_state(workspace, schedule)

    def list_schedule_checks(
        self, workspace: str, schedule: str, limit: int = 100, before: int | None = None
    ) -> tuple[ScheduleCheck, ...]:
        if not 1 <= limit <= _MOST:
            raise InvalidRequest(f"The limit is {limit}. Expected 1 to {_MOST}.", limit=limit)
        return self._records.schedule_checks(workspace, schedule, limit, before)

    def run_schedule(self, workspace: str, schedule: str) -> Run:
        asset = self._records.asset(workspace, AssetKind.SCHEDULE, schedule)
        start = firing.start(self._home, self._records, workspace, from_data(Schedule, asset.document))
        process.ensure_alive(self._home)  # before anything is recorded: a run that nobody moves helps nobody
        check = firing.check(
            datetime.now(timezone.utc), Verdict.FIRED, "It was asked to run now.", (start.run.id,)
        )
        run = self._records.start_scheduled(workspace, schedule, check, start)
        process.ensure(self._home)
        recording.make_room(self._home, self._records, run)
        return run
