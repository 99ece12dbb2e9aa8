"""Published pipelines, endpoints, drafts and schedules as v1's JSON; `Parameters` and `StepNames` are added to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.plan import Parameter
from lazulite.model.publishing import PipelineDraft, PipelineEndpoint, PublishedPipeline
from lazulite.model.schedule import Schedule
from lazulite.model.values import DataPathValue, ParameterValue
from lazulite.server.v1.run_entities import assigned, time

#: v1's words for a parameter's type, by the class of its default.
_TYPES = {bool: "Bool", int: "Int", float: "Double", str: "String", DataPathValue: "DataPath"}


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
        "ParameterAssignments": {name: assigned(to_data(value)) for name, value in draft.parameters.items()},
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
                name: assigned(to_data(value)) for name, value in schedule.parameters.items()
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


#: By kind, how v1 shows the assets that its pipeline service lists.
KINDS: Mapping[AssetKind, Callable[[Asset, str], dict[str, Any]]] = {
    AssetKind.PUBLISHED_PIPELINE: pipeline_entity,
    AssetKind.PIPELINE_ENDPOINT: endpoint_entity,
    AssetKind.PIPELINE_DRAFT: lambda asset, _base: draft_entity(asset),
    AssetKind.SCHEDULE: lambda asset, _base: schedule_entity(asset),
}
