"""A home with one published pipeline and a clock that the test sets; what an engine does about schedules, step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from lazulite.engine.layout import Home
from lazulite.engine.scheduling.schedules import Schedules
from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.codec import to_data
from lazulite.model.ids import new_id
from lazulite.model.plan import Parameter, Plan
from lazulite.model.publishing import SCHEDULE_ID, Publication
from lazulite.model.run import Run, RunQuery
from lazulite.model.schedule import DataTrigger, Recurrence, Schedule, ScheduleCheck, Verdict
from lazulite.model.values import DataPathValue
from lazulite.records.database import open_records
from lazulite.service import schedule_documents
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission

BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
DATASTORE = "workspaceblobstore"


class ScheduleBench:
    """`restart` is an engine's death and the next one's start; `look` one turn of its loop."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = Home(folder)
        self.service = LocalService(str(folder))
        self.records = open_records(folder)
        self.ws = self.service.create_workspace(Workspace("", "bench", "sub", "group")).id
        plan = submission(store_snapshot(self.service, self.ws)).plan
        plan = Plan(plan.steps, (*plan.parameters, Parameter("data", DataPathValue(DATASTORE, "in"))))
        self.pipeline = self.service.publish(self.ws, Publication(plan, "words"))
        self.data = self.home.datastore(self.ws, DATASTORE)
        self.now = BEGIN
        self.said: list[str] = []
        self.listed = threading.Event()
        patch.setattr(schedule_documents, "now", lambda: self.now)
        self.restart()

    def restart(self) -> None:
        self.engine = Schedules(self.home, self.records, self.said.append, self.listed.set, lambda: self.now)
        self.engine.refresh()

    def put(self, when: Recurrence | DataTrigger, **more: object) -> Schedule:
        given: dict[str, object] = {"pipeline_id": self.pipeline.id, **more}
        schedule = Schedule(new_id(), "nightly", "scheduled", **given)  # type: ignore[arg-type]
        if isinstance(when, Recurrence):
            return self.change(replace(schedule, recurrence=when))
        return self.change(replace(schedule, trigger=when))

    def change(self, schedule: Schedule) -> Schedule:
        asset = Asset(AssetKind.SCHEDULE, schedule.id, to_data(schedule))
        schedule_documents.put(self.home, self.records, self.ws, asset, overwrite=True)
        self.engine.refresh()
        return schedule

    def passes(self, **time: float) -> None:
        """Time passes, and the engine looks at what is due."""
        self.now += timedelta(**time)
        self.look()

    def look(self) -> None:
        self.listed.clear()
        self.engine.look()
        while self.engine._listing:
            assert self.listed.wait(30)
            self.listed.clear()
            self.engine.look()

    def checks(self, schedule: Schedule) -> list[ScheduleCheck]:
        """Oldest first."""
        return list(self.records.schedule_checks(self.ws, schedule.id, 1000))[::-1]

    def verdicts(self, schedule: Schedule) -> list[Verdict]:
        """Those after the one that the owner's change gave."""
        return [check.verdict for check in self.checks(schedule)][1:]

    def runs(self) -> list[Run]:
        """What schedules started, oldest first."""
        return list(self.records.runs(self.ws, RunQuery(properties={SCHEDULE_ID: None}, top_level=True)))[
            ::-1
        ]

    def given(self) -> list[object]:
        """The data that each of those runs received."""
        return [self.records.submission(self.ws, run.id).parameters.get("data") for run in self.runs()]

    def write(self, name: str, text: str) -> None:
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Killed(BaseException):
    """The engine's process is gone."""


def dying(genuine: Callable[..., bool], moment: str) -> Callable[..., bool]:
    """`record_look`, and the engine's death before or after it."""

    def record_look(*arguments: object) -> bool:
        if moment == "after":
            genuine(*arguments)
        raise Killed

    return record_look
