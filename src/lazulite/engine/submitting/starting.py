"""From a request to start a published pipeline to a submission.

The service does it for people and for calls over the network, the engine itself for schedules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.engine.submitting import plans
from lazulite.engine.submitting.conversion import converted
from lazulite.graph.labels import listed
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.publishing import (
    ENDPOINT_ID,
    IGNORED_PARAMETERS,
    PIPELINE_ID,
    SCHEDULE_ID,
    PipelineEndpoint,
    PublishedPipeline,
    PublishedStatus,
    StartRequest,
)
from lazulite.model.run import Run, RunKind, Submission
from lazulite.records.records import Records
from lazulite.storage.blobs import BlobStore

#: What a submission has from its request as it is.
_TAKEN_OVER = (
    "experiment",
    "tags",
    "step_tags",
    "properties",
    "description",
    "display_name",
    "regenerate_outputs",
    "parent_run_id",
)
#: v1's word for how a run came about, by its word for who started it.
_RUN_TYPES = {"API": "HTTP", "Schedule": "Schedule"}


def submission_of(home: Home, records: Records, workspace: str, request: StartRequest) -> Submission:
    """Return the submission that a request stands for. It is not checked against the workspace yet.

    Raises:
        InvalidRequest: it names no pipeline, or a value does not fit its parameter.
        NotFound: the pipeline, the endpoint or its version does not exist.
        Conflict: the pipeline or the endpoint is disabled.
    """
    endpoint = _open_endpoint(records, workspace, request) if request.endpoint else None
    pipeline = open_pipeline(records, workspace, _pipeline_id(request, endpoint))
    plan = plans.load(pipeline.graph, BlobStore(home.blobs(workspace)))
    values, ignored = converted(plan.parameters, request.parameters)
    continues = request.continue_on_step_failure
    if continues is None:
        continues = bool(pipeline.continue_on_step_failure)
    return Submission(
        experiment=request.experiment,
        plan=plan,
        parameters=values,
        tags=request.tags,
        step_tags=request.step_tags,
        properties=request.properties,
        run_properties=_origin(request, pipeline, endpoint, ignored),
        description=request.description,
        display_name=request.display_name,
        continue_on_step_failure=continues,
        regenerate_outputs=request.regenerate_outputs,
        parent_run_id=request.parent_run_id,
        interpreter=usable(pipeline.interpreter),
        submitted_by=request.submitted_by,
        run_id=request.run_id,
    )


def earlier(records: Records, workspace: str, request: StartRequest) -> Run | None:
    """Return the run that an earlier try of the same request started; None if there is none.

    What became of the pipeline or the endpoint since does not matter: it may be disabled by now, or have another default.
    """
    if request.run_id is None:
        return None
    try:
        run = records.run(workspace, request.run_id)
    except NotFound:
        return None
    if run.kind is not RunKind.PIPELINE:
        return None
    made = records.submission(workspace, run.id)
    is_same = _leads_to(records, workspace, request, made.run_properties) and _asks_for(request, made)
    return run if is_same else None


def _leads_to(records: Records, workspace: str, request: StartRequest, origin: Mapping[str, str]) -> bool:
    if not request.endpoint:
        return origin.get(PIPELINE_ID) == request.pipeline and ENDPOINT_ID not in origin
    try:
        asset = find_endpoint(records, workspace, request.endpoint)
    except NotFound:  # renamed or deleted since
        return ENDPOINT_ID in origin
    endpoint = from_data(PipelineEndpoint, asset.document)
    is_version = request.version is None or endpoint.pipeline_of(request.version) == origin.get(PIPELINE_ID)
    return origin.get(ENDPOINT_ID) == endpoint.id and is_version


def _asks_for(request: StartRequest, made: Submission) -> bool:
    return (
        all(getattr(made, name) == getattr(request, name) for name in _TAKEN_OVER)
        and request.continue_on_step_failure in (None, made.continue_on_step_failure)
        and request.submitted_by in ("", made.submitted_by)
        and converted(made.plan.parameters, request.parameters)[0] == made.parameters
    )


def usable(interpreter: str) -> str:
    """The interpreter if this machine has it; else nothing, which stands for the engine's own."""
    return interpreter if interpreter and Path(interpreter).exists() else ""


def find_endpoint(records: Records, workspace: str, named: str) -> Asset:
    """The asset of an endpoint, archived or not, by its id or its name (`NotFound` names similar ones)."""
    found = records.asset_with_id(workspace, AssetKind.PIPELINE_ENDPOINT, named)
    return found or records.asset(workspace, AssetKind.PIPELINE_ENDPOINT, named)


def open_pipeline(records: Records, workspace: str, pipeline_id: str) -> PublishedPipeline:
    """A published pipeline that can be started.

    Raises:
        NotFound: there is none with that id.
        Conflict: it is disabled.
    """
    asset = records.asset(workspace, AssetKind.PUBLISHED_PIPELINE, pipeline_id)
    pipeline = from_data(PublishedPipeline, asset.document)
    if pipeline.status is PublishedStatus.DISABLED:
        raise Conflict(
            f"The published pipeline '{pipeline.name}' ({pipeline.id}) is disabled. Enable it to start it.",
            kind=AssetKind.PUBLISHED_PIPELINE.value,
            name=pipeline.id,
        )
    return pipeline


def _open_endpoint(records: Records, workspace: str, request: StartRequest) -> PipelineEndpoint:
    endpoint = from_data(PipelineEndpoint, find_endpoint(records, workspace, request.endpoint).document)
    if endpoint.status is not PublishedStatus.ACTIVE:
        raise Conflict(
            f"The pipeline endpoint '{endpoint.name}' ({endpoint.id}) is disabled or archived. Enable it, or give "
            "it a name again with reactivate(name), to start its pipelines.",
            kind=AssetKind.PIPELINE_ENDPOINT.value,
            name=endpoint.name,
        )
    return endpoint


def _pipeline_id(request: StartRequest, endpoint: PipelineEndpoint | None) -> str:
    if (endpoint is None) == (not request.pipeline):
        raise InvalidRequest("A request to start names either a published pipeline or a pipeline endpoint.")
    if endpoint is None:
        return request.pipeline
    found = endpoint.pipeline_of(request.version)
    if found is None:
        raise NotFound(
            f"The pipeline endpoint '{endpoint.name}' has no version "
            f"'{endpoint.default_version if request.version is None else request.version}'. "
            f"It has: {listed([one.version for one in endpoint.versions])}.",
            kind="version",
            name=request.version,
        )
    return found


def _origin(
    request: StartRequest,
    pipeline: PublishedPipeline,
    endpoint: PipelineEndpoint | None,
    ignored: tuple[str, ...],
) -> dict[str, str]:
    """Properties of the run that say where it comes from."""
    properties = {
        PIPELINE_ID: pipeline.id,
        "runSource": request.run_source,
        "runType": _RUN_TYPES.get(request.run_source, "SDK"),
    }
    if endpoint is not None:
        properties[ENDPOINT_ID] = endpoint.id
    if request.schedule_id is not None:
        properties[SCHEDULE_ID] = request.schedule_id
    if ignored:
        properties[IGNORED_PARAMETERS] = json.dumps(ignored)
    return properties
