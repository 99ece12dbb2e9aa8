"""Plans, runs and events for the tests of the run page."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from lazulite.model.events import Event, EventKind
from lazulite.model.plan import Input, Output, Plan, RunScript, Step, StepOutput
from lazulite.model.run import Run, RunKind, RunStatus

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def step(name: str, *takes: str, after: tuple[str, ...] = ()) -> Step:
    return Step(
        name,
        name,
        "PythonScriptStep",
        RunScript("a.py"),
        "local",
        inputs=tuple(Input(f"in{number}", StepOutput(one, "out")) for number, one in enumerate(takes)),
        outputs=(Output("out", "workspaceblobstore"),),
        after=after,
    )


def plan(*steps: Step) -> Plan:
    return Plan(steps)


def pipeline_run(**changes: object) -> Run:
    values: dict[str, object] = {"created_at": at(0), "status": RunStatus.RUNNING} | changes
    return Run("run", "w", "e", RunKind.PIPELINE, **values)  # type: ignore[arg-type]


def step_run(node: str, start: float | None = None, end: float | None = None, **changes: object) -> Run:
    values: dict[str, object] = {
        "status": RunStatus.COMPLETED if end is not None else RunStatus.RUNNING,
        "started_at": None if start is None else at(start),
        "ended_at": None if end is None else at(end),
        "parent_id": "run",
    } | changes
    return Run(f"{node}-run", "w", "e", RunKind.STEP, created_at=at(0), name=node, node=node, **values)  # type: ignore[arg-type]


def event(node: str, seconds: float, kind: EventKind, **data: object) -> Event:
    return Event(int(seconds * 1000), "run", f"{node}-run", kind, at(seconds), data)


def status(node: str, seconds: float, word: RunStatus) -> Event:
    return event(node, seconds, EventKind.STATUS, status=word.value)
