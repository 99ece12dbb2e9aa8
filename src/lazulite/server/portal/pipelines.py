"""Published pipelines: all of them, and one with its form, its snippets and its last calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.model.assets import Asset, AssetKind, Experiment
from lazulite.model.codec import from_data, to_data
from lazulite.model.publishing import PIPELINE_ID, PipelineEndpoint, PublishedPipeline, PublishedStatus
from lazulite.model.run import Run, RunQuery
from lazulite.server.portal import flash, links
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, acting, reading
from lazulite.server.portal.run_rows import rows_of
from lazulite.server.portal.start_form import fields_of, snippets, start_request, suggested_experiment
from lazulite.server.portal.words import title_of

_PIPELINES = "/workspaces/{workspace}/pipelines"
_CALLS = 8
TONES = {PublishedStatus.ACTIVE: "good", PublishedStatus.DEPRECATED: "warn", PublishedStatus.DISABLED: "off"}


@dataclass(frozen=True)
class PipelineRow:
    """A published pipeline with its newest call."""

    asset: Asset
    pipeline: PublishedPipeline
    last: Run | None


def routes() -> list[BaseRoute]:
    """The list, one pipeline, and its actions."""
    one = _PIPELINES + "/{id}"
    return [
        reading(_PIPELINES, show_all),
        reading(one, show),
        acting(one + "/start", start),
        acting(one + "/status", set_status),
    ]


def show_all(visit: Visit) -> Response:
    """All published pipelines, the newest first."""
    service, ws = visit.service, visit.workspace.id
    rows = []
    for asset in service.list_assets(ws, AssetKind.PUBLISHED_PIPELINE):
        last = service.list_runs(ws, RunQuery(properties={PIPELINE_ID: asset.name}, top_level=True, limit=1))
        rows.append(PipelineRow(asset, from_data(PublishedPipeline, asset.document), next(iter(last), None)))
    rows.sort(key=lambda row: row.asset.created_at.timestamp() if row.asset.created_at else 0.0, reverse=True)
    return page(visit.request, "pipelines.html", rows=rows, tones=TONES)


def show(visit: Visit) -> Response:
    """One published pipeline."""
    service, ws = visit.service, visit.workspace.id
    asset, pipeline = _found(visit)
    calls = service.list_runs(
        ws, RunQuery(properties={PIPELINE_ID: pipeline.id}, top_level=True, limit=_CALLS)
    )
    return page(
        visit.request,
        "pipeline.html",
        asset=asset,
        pipeline=pipeline,
        calls=rows_of(service, ws, calls),
        endpoints=_endpoints_of(visit, pipeline),
        tones=TONES,
        snippets=snippets(
            visit.request,
            visit.workspace,
            f"PipelineSubmit/{pipeline.id}",
            pipeline.parameters,
            pipeline.name,
        ),
        **form_context(visit, pipeline, calls),
    )


def start(visit: Visit) -> Response:
    """Start it as the form says, and go to the run."""
    _, pipeline = _found(visit)
    request = start_request(visit, pipeline.parameters, suggested_experiment(pipeline.name))
    run = visit.service.start_published(visit.workspace.id, replace(request, pipeline=pipeline.id))
    return flash.redirect(links.at(visit.workspace.id, "runs", run.id), f"Started {title_of(run)}.")


def set_status(visit: Visit) -> Response:
    """Enable or disable it."""
    asset, pipeline = _found(visit)
    status = PublishedStatus.ACTIVE if visit.filled("status") == "Active" else PublishedStatus.DISABLED
    changed = replace(asset, document=to_data(replace(pipeline, status=status)))
    visit.service.put_asset(visit.workspace.id, changed)
    word = "can be started again" if status is PublishedStatus.ACTIVE else "is disabled: nobody can start it"
    return flash.redirect(
        links.at(visit.workspace.id, "pipelines", pipeline.id), f"'{pipeline.name}' {word}."
    )


def form_context(visit: Visit, pipeline: PublishedPipeline, calls: Sequence[Run]) -> dict[str, Any]:
    """What the template of the form needs."""
    service, ws = visit.service, visit.workspace.id
    return {
        "fields": fields_of(pipeline.parameters),
        "datastores": [asset.name for asset in service.list_assets(ws, AssetKind.DATASTORE)],
        "experiments": [
            from_data(Experiment, asset.document).name
            for asset in service.list_assets(ws, AssetKind.EXPERIMENT)
        ],
        "experiment": calls[0].experiment if calls else suggested_experiment(pipeline.name),
    }


def _found(visit: Visit) -> tuple[Asset, PublishedPipeline]:
    asset = visit.service.get_asset(visit.workspace.id, AssetKind.PUBLISHED_PIPELINE, visit.part("id"))
    return asset, from_data(PublishedPipeline, asset.document)


def _endpoints_of(visit: Visit, pipeline: PublishedPipeline) -> list[PipelineEndpoint]:
    """The endpoints that have it as a version."""
    found = visit.service.list_assets(visit.workspace.id, AssetKind.PIPELINE_ENDPOINT)
    endpoints = [from_data(PipelineEndpoint, asset.document) for asset in found]
    return [one for one in endpoints if any(version.pipeline_id == pipeline.id for version in one.versions)]
