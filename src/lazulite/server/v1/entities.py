"""Our nouns as v1's JSON: pipeline runs, published pipelines, endpoints, drafts, schedules.

Names and values are v1's; what v1 had nothing for is added under names of its own (`ReusedSteps`, `IgnoredParameters`,
`Parameters`, `StatusText`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.plan import Parameter
from lazulite.model.publishing import (
    ENDPOINT_ID,
    IGNORED_PARAMETERS,
    PIPELINE_ID,
    SCHEDULE_ID,
    PipelineDraft,
    PipelineEndpoint,
    PublishedPipeline,
)
from lazulite.model.run import Run, RunStatus
from lazulite.model.schedule import Schedule
from lazulite.model.values import DataPathValue, ParameterValue, as_text

#: v1's numbers for the words of `RunStatus.graph_word`, of a pipeline run and of a step.
_RUN_CODES = {"NotStarted": 0, "Queued": 0, "Running": 1, "Failed": 2, "Finished": 3, "Canceled": 4}
#: v1's words for a parameter's type, by the class of its default.
_TYPES = {bool: "Bool", int: "Int", float: "Double", str: "String", DataPathValue: "DataPath"}


def run_entity(run: Run, steps: Iterable[Run] = (), ignored: Iterable[str] = ()) -> dict[str, Any]:
    """A pipeline run, with what became of its steps."""
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
    return {name: _assigned(value) for name, value in values.items()}


def _assigned(value: Any) -> str | None:
    if isinstance(value, dict):
        return f"{value.get('datastore')}/{value.get('path')}"
    return None if value is None else as_text(value)


def pipeline_entity(asset: Asset, base: str) -> dict[str, Any]:
    """A published pipeline, with the parameters that a submit may set."""
    pipeline = from_data(PublishedPipeline, asset.document)
    return {
        "Id": pipeline.id,
        "Name": pipeline.name,
        "Description": pipeline.description,
        "Version": pipeline.version,
        "GraphId": pipeline.graph,
        "EntityStatus": pipeline.status.value,
        "TotalRunSteps": len(pipeline.step_names),
        "ContinueRunOnStepFailure": pipeline.continue_on_step_failure,
        "Url": f"{base}/PipelineRuns/PipelineSubmit/{pipeline.id}",
        "CreatedBy": pipeline.published_by,
        **_times(asset),
        # --- beyond v1 ---
        "Parameters": [parameter_entity(one) for one in pipeline.parameters],
        "StepNames": list(pipeline.step_names),
    }


def parameter_entity(parameter: Parameter) -> dict[str, Any]:
    """What a parameter is called, which values it takes, and what it is if none is given."""
    return {
        "Name": parameter.name,
        "Type": type_word(parameter.default),
        "Default": to_data(parameter.default),
        "IsOptional": True,
    }


def type_word(default: ParameterValue) -> str:
    """v1's word for the type of a parameter, by its default; of None any value will do."""
    return _TYPES.get(type(default), "Any")


def endpoint_entity(asset: Asset, base: str) -> dict[str, Any]:
    """A pipeline endpoint."""
    endpoint = from_data(PipelineEndpoint, asset.document)
    url = f"{base}/PipelineRuns/PipelineEndpointSubmit/Id/{endpoint.id}"
    return {
        "Id": endpoint.id,
        "Name": endpoint.name,
        "Description": endpoint.description,
        "EntityStatus": endpoint.status.value,
        "DefaultVersion": endpoint.default_version,
        "DefaultPipelineId": endpoint.pipeline_of(),
        "PipelineVersionList": [
            {"PipelineId": one.pipeline_id, "Version": one.version, "Url": f"{url}/{one.version}"}
            for one in endpoint.versions
        ],
        "Url": url,
        "SwaggerUrl": None,
        **_times(asset),
    }


def draft_entity(asset: Asset) -> dict[str, Any]:
    """A pipeline draft."""
    draft = from_data(PipelineDraft, asset.document)
    return {
        "Id": draft.id,
        "Name": draft.name,
        "Description": draft.description,
        "GraphDraftId": draft.graph,
        "ExperimentName": draft.experiment,
        "ParameterAssignments": {name: _assigned(to_data(value)) for name, value in draft.parameters.items()},
        "ContinueRunOnStepFailure": draft.continue_on_step_failure,
        "ParentPipelineId": draft.parent_pipeline_id,
        "ParentPipelineRunId": draft.parent_run_id,
        "ParentPipelineDraftId": draft.parent_draft_id,
        "LastSubmittedPipelineRunId": draft.last_submitted_run_id,
        "Tags": dict(draft.tags),
        "Properties": dict(draft.properties),
        **_times(asset),
    }


def schedule_entity(asset: Asset) -> dict[str, Any]:
    """A schedule."""
    schedule = from_data(Schedule, asset.document)
    times, trigger = schedule.recurrence, schedule.trigger
    return {
        "Id": schedule.id,
        "Name": schedule.name,
        "Description": schedule.description,
        "EntityStatus": schedule.status.value,
        "PipelineId": schedule.pipeline_id,
        "PipelineEndpointId": schedule.endpoint_id,
        "ScheduleType": "Recurrence" if times else "DataStore",
        "Recurrence": None
        if times is None
        else {
            "Frequency": times.frequency,
            "Interval": times.interval,
            "StartTime": times.start_time,
            "TimeZone": times.time_zone,
            "Schedule": {
                "Hours": list(times.hours),
                "Minutes": list(times.minutes),
                "WeekDays": list(times.week_days),
            },
        },
        "DataStoreTriggerInfo": None
        if trigger is None
        else {
            "DataStoreName": trigger.datastore,
            "PathOnDataStore": trigger.path,
            "PollingInterval": trigger.polling_minutes,
            "DataPathParameterName": trigger.parameter,
        },
        "PipelineSubmissionInfo": {
            "ExperimentName": schedule.experiment,
            "ParameterAssignments": {
                name: _assigned(to_data(value)) for name, value in schedule.parameters.items()
            },
            "ContinueRunOnStepFailure": schedule.continue_on_step_failure,
        },
        "CreatedBy": schedule.created_by,
        **_times(asset),
    }


def _times(asset: Asset) -> dict[str, Any]:
    return {
        "IsArchived": asset.archived_at is not None,
        "CreatedDate": time(asset.created_at),
        "LastModifiedDate": time(asset.updated_at),
    }


def time(at: datetime | None) -> str | None:
    """A time as v1 wrote it."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


#: By kind, how v1 shows the assets that its pipeline service lists.
KINDS: Mapping[AssetKind, Callable[[Asset, str], dict[str, Any]]] = {
    AssetKind.PUBLISHED_PIPELINE: pipeline_entity,
    AssetKind.PIPELINE_ENDPOINT: endpoint_entity,
    AssetKind.PIPELINE_DRAFT: lambda asset, _base: draft_entity(asset),
    AssetKind.SCHEDULE: lambda asset, _base: schedule_entity(asset),
}
