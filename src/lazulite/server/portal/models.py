"""Registered models: all of them, one with its versions, and one version with its files."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api import query
from lazulite.api.service import Service
from lazulite.model.assets import AssetKind, Model
from lazulite.model.codec import from_data
from lazulite.model.errors import NotFound
from lazulite.model.run import Run
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, reading

_MODELS = "/workspaces/{workspace}/models"
_FILES = 200


def routes() -> list[BaseRoute]:
    """The list, one model, one version."""
    return [
        reading(_MODELS, show_all),
        reading(_MODELS + "/{name}", show),
        reading(_MODELS + "/{name}/{version}", show),
    ]


def show_all(visit: Visit) -> Response:
    """The newest version of each model, the one registered last first."""
    assets = visit.service.list_assets(visit.workspace.id, AssetKind.MODEL)
    newest = sorted(
        assets, key=lambda asset: asset.created_at.timestamp() if asset.created_at else 0.0, reverse=True
    )
    rows = [(asset, from_data(Model, asset.document)) for asset in newest]
    return page(visit.request, "models.html", rows=rows)


def show(visit: Visit) -> Response:
    """One version (the newest, if none is named), with all others beside it."""
    service, ws, name = visit.service, visit.workspace.id, visit.part("name")
    asset = service.get_asset(ws, AssetKind.MODEL, name, _version(visit))
    model = from_data(Model, asset.document)
    run = _run(service, ws, model)
    return page(
        visit.request,
        "model.html",
        asset=asset,
        model=model,
        run=run,
        parent=_parent(service, run),
        metrics=service.latest_metrics(ws, [run.root_id]).get(run.root_id, {}) if run else {},
        versions=service.list_assets(ws, AssetKind.MODEL, name)[::-1],
        files=_files(service, ws, model),
        limit=_FILES,
    )


def _version(visit: Visit) -> int | None:
    text = visit.request.path_params.get("version")
    if text is None:
        return None
    return int(query.value_of("version", int, text))


def _run(service: Service, workspace: str, model: Model) -> Run | None:
    """The run that registered the model, if it is still there."""
    try:
        return service.get_run(workspace, model.run_id) if model.run_id else None
    except NotFound:
        return None


def _parent(service: Service, run: Run | None) -> Run | None:
    return service.get_run(run.workspace, run.parent_id) if run and run.parent_id else None


def _files(service: Service, workspace: str, model: Model) -> list[tuple[str, str, int]]:
    """The files of a version: the name, the path on its datastore, the size."""
    try:
        if not model.is_directory:
            found = service.look_at(workspace, model.datastore, model.path)
            name = model.path.rpartition("/")[2]
            return [(name, model.path, found.size)] if found and not found.is_directory else []
        start = model.path.rstrip("/") + "/"
        files = service.list_files(workspace, model.datastore, start, _FILES)
    except NotFound:  # the datastore was removed
        return []
    return [(file.path[len(start) :], file.path, file.size) for file in files]
