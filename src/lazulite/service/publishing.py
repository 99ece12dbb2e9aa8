"""The operations on what is published: pipelines frozen for ever, their endpoints, and runs started or run again."""

from __future__ import annotations

from dataclasses import replace

from lazulite.engine import process
from lazulite.engine.submitting import endpoints, plans, recording, rerunning, starting, submissions
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import Plan
from lazulite.model.publishing import (
    EndpointChange,
    PipelineEndpoint,
    Publication,
    PublishedPipeline,
    StartRequest,
)
from lazulite.model.run import Rerun, Run
from lazulite.service.base import Base
from lazulite.service.handover import hand_over
from lazulite.storage.blobs import BlobStore

_NAME_LENGTH = 255


class Publishing(Base):
    """Publishing pipelines, changing endpoints, starting and re-running."""

    def put_plan(self, workspace: str, plan: Plan) -> str:
        recording.check_plan(self._home, self._records, workspace, plan)
        return plans.keep(plan, BlobStore(self._home.blobs(workspace)))

    def get_plan(self, workspace: str, graph: str) -> Plan:
        self._records.workspace(workspace)
        return plans.load(graph, BlobStore(self._home.blobs(workspace)))

    def publish(self, workspace: str, publication: Publication) -> PublishedPipeline:
        name = _checked_name(publication.name, "published pipeline")
        plan = publication.plan
        pipeline = PublishedPipeline(
            id=ids.new_id(),
            name=name,
            graph=self.put_plan(workspace, plan),
            description=publication.description,
            version=publication.version,
            continue_on_step_failure=publication.continue_on_step_failure,
            step_names=tuple(step.name for step in plan.steps),
            parameters=plan.parameters,
            source_run_id=publication.source_run_id,
            published_by=publication.published_by or submissions.user(),
            interpreter=publication.interpreter,
        )
        document = to_data(pipeline)
        asset = Asset(AssetKind.PUBLISHED_PIPELINE, pipeline.id, document, id=pipeline.id)
        self._records.put_asset(workspace, asset, overwrite=False)
        return pipeline

    def start_published(self, workspace: str, request: StartRequest) -> Run:
        self._records.workspace(workspace)
        earlier = starting.earlier(self._records, workspace, request)
        if earlier is not None:
            process.ensure(self._home)
            return earlier
        submission = starting.submission_of(self._home, self._records, workspace, request)
        return hand_over(self._home, self._records, workspace, submission)

    def rerun(self, workspace: str, run_id: str, how: Rerun) -> Run:
        submission = rerunning.submission_of(self._records, workspace, run_id, how)
        return hand_over(self._home, self._records, workspace, submission)

    # --- endpoints ---

    def create_endpoint(self, workspace: str, endpoint: PipelineEndpoint) -> PipelineEndpoint:
        made = replace(endpoint, id=ids.new_id(), name=_checked_name(endpoint.name, "pipeline endpoint"))
        for version in made.versions:
            self._records.asset(workspace, AssetKind.PUBLISHED_PIPELINE, version.pipeline_id)
        endpoints.check(made)
        asset = Asset(AssetKind.PIPELINE_ENDPOINT, made.name, to_data(made), id=made.id)
        self._records.put_asset(workspace, asset, overwrite=False)
        return made

    def get_endpoint(self, workspace: str, endpoint: str) -> PipelineEndpoint:
        asset = starting.find_endpoint(self._records, workspace, endpoint)
        return from_data(PipelineEndpoint, asset.document)

    def change_endpoint(self, workspace: str, endpoint: str, change: EndpointChange) -> PipelineEndpoint:
        if change.name is not None:
            _checked_name(change.name, "pipeline endpoint")
        if change.add is not None:
            self._records.asset(workspace, AssetKind.PUBLISHED_PIPELINE, change.add)
        name = starting.find_endpoint(self._records, workspace, endpoint).name
        changed = self._records.change_asset(
            workspace, AssetKind.PIPELINE_ENDPOINT, name, lambda asset: endpoints.changed(asset, change)
        )
        return from_data(PipelineEndpoint, changed.document)


def _checked_name(name: str, what: str) -> str:
    if not name.strip() or len(name) > _NAME_LENGTH or any(ord(one) < ord(" ") for one in name):
        raise InvalidRequest(
            f"{name!r} is not a name for a {what}. Expected 1 to {_NAME_LENGTH} characters, none of them a control "
            "character."
        )
    return name
