"""Runs and what belongs to them, as short as tests want them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from lazulite.model.events import EventKind
from lazulite.model.ids import new_id
from lazulite.model.plan import Plan, RunScript, Step
from lazulite.model.run import Metric, OutputRecord, Run, RunKind, RunStatus, Submission
from lazulite.records.changes import Change
from lazulite.records.records import Records

NOON = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=timezone.utc)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def run(ws: str, kind: RunKind = RunKind.INTERACTIVE, **fields: Any) -> Run:
    values: dict[str, Any] = {
        "id": new_id(),
        "experiment": "exp",
        "status": RunStatus.RUNNING if kind is RunKind.INTERACTIVE else RunStatus.NOT_STARTED,
        "created_at": NOON,
    }
    return Run(workspace=ws, kind=kind, **{**values, **fields})


def submission(*names: str) -> Submission:
    steps = tuple(Step(f"node-{name}", name, "PythonScriptStep", RunScript("a.py"), "cpu") for name in names)
    return Submission("exp", Plan(steps), parameters={"lr": 0.5, "none": None, "deep": True})


def add_pipeline(records: Records, ws: str, *names: str, **fields: Any) -> tuple[Run, tuple[Run, ...]]:
    """Record a pipeline run with a step run for each name."""
    pipeline = run(ws, RunKind.PIPELINE, **fields)
    steps = [
        run(ws, RunKind.STEP, name=name, node=f"node-{name}", parent_id=pipeline.id, **fields)
        for name in names
    ]
    added = records.add_pipeline_run(pipeline, steps, submission(*names))
    return added, records.steps_of(added.id)


def status(subject: Run, to: RunStatus, **fields: Any) -> Change:
    return Change(subject.id, EventKind.STATUS, {"status": to.value}, status=to, **fields)


def metric(name: str, value: object = 1.0, minutes: float = 0) -> Metric:
    return Metric(name, "scalar", value, at(minutes))


def output(name: str, **fields: Any) -> OutputRecord:
    values = {
        "datastore": "workspaceblobstore",
        "path": f"azureml/x/{name}",
        "content": "c" * 64,
        "stat": "s" * 64,
    }
    return OutputRecord(name, **{**values, **fields})
