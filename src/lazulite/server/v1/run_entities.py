"""Pipeline runs and their steps as v1's JSON.

Names and values are v1's; what v1 had nothing for is added under names of its own (`ReusedSteps`, `IgnoredParameters`,
`StatusText`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lazulite.model.publishing import (
    ENDPOINT_ID,
    IGNORED_PARAMETERS,
    PIPELINE_ID,
    SCHEDULE_ID,
)
from lazulite.model.run import Run, RunStatus
from lazulite.model.values import as_text

#: v1's numbers for the words of `RunStatus.graph_word`, of a pipeline run and of a step.
_RUN_CODES = {"NotStarted": 0, "Queued": 0, "Running": 1, "Failed": 2, "Finished": 3, "Canceled": 4}


def run_entity(
    run: Run, steps: Iterable[Run] = (), graph: str | None = None, ignored: Iterable[str] = ()
) -> dict[str, Any]:
    """A pipeline run, with what became of its steps; `graph` is that of the pipeline it was started from."""
    properties = run.properties
    rows = [step_entity(step) for step in steps]
    reused = [row["StepName"] for row in rows if row["IsReused"]]
    changed = run.ended_at or run.started_at or run.created_at
    return {
        "Id": run.id,
        "Description": run.description,
        "DisplayName": run.display_name,
        "Status": {
            "StatusCode": _RUN_CODES.get(run.status.graph_word, 4),
            "StatusText": run.status.graph_word,
            "StatusDetail": run.error.message if run.error else None,
            "CreationTime": time(run.created_at),
            "EndTime": time(run.ended_at),
        },
        "GraphId": graph,
        "IsSubmitted": True,
        "HasErrors": run.status is RunStatus.FAILED,
        "HasWarnings": False,
        "UploadState": 0,
        "ParameterAssignments": _assignments(properties),
        "RunHistoryExperimentName": run.experiment,
        "PipelineId": properties.get(PIPELINE_ID),
        "PipelineEndpointId": properties.get(ENDPOINT_ID),
        "RunSource": properties.get("runSource"),
        "RunType": properties.get("runType"),
        "TotalRunSteps": len(rows),
        "ScheduleId": properties.get(SCHEDULE_ID),
        "ParentRunId": run.parent_id,
        "tags": dict(run.tags),
        "Properties": dict(properties),
        "CreatedBy": run.submitted_by,
        "EntityStatus": 0,
        "Etag": f'"{run.id}-{run.status.value}"',
        "CreatedDate": time(run.created_at),
        "LastModifiedDate": time(changed),
        # --- beyond v1 ---
        "Steps": rows,
        "ReusedSteps": reused,
        "IgnoredParameters": json.loads(properties.get(IGNORED_PARAMETERS, "[]")),
        "IgnoredNames": list(ignored),
    }


def step_entity(step: Run) -> dict[str, Any]:
    """A step run: its node, status, and whose work it shows."""
    return {
        "NodeId": step.node,
        "StepName": step.name,
        "RunId": step.id,
        "Status": step.status.graph_word,
        "StatusDetail": step.error.message if step.error else None,
        "CreationTime": time(step.created_at),
        "StartTime": time(step.started_at),
        "EndTime": time(step.ended_at),
        "IsReused": step.reused_run_id is not None,
        "ReusedRunId": step.reused_run_id,
    }


def _assignments(properties: Mapping[str, str]) -> dict[str, Any]:
    try:
        values = json.loads(properties.get("azureml.parameters", "{}"))
    except ValueError:
        return {}
    return {name: assigned(value) for name, value in values.items()}


def assigned(value: Any) -> str | None:
    """A parameter's value as v1 wrote it: text."""
    if isinstance(value, dict):
        return f"{value.get('datastore')}/{value.get('path')}"
    return None if value is None else as_text(value)


def time(at: datetime | None) -> str | None:
    """A time as v1 wrote it."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
