"""Datastores, and what lies in them: folders in pages, files with a preview, where an output came from, and who reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api.service import Service
from lazulite.model.assets import AssetKind, Datastore
from lazulite.model.codec import from_data
from lazulite.model.errors import InvalidRequest, NotFound, StorageError
from lazulite.model.files import FolderEntry
from lazulite.model.places import auth_of, has_files, place_of
from lazulite.model.plan import StepOutput
from lazulite.model.run import Run, RunKind, RunQuery
from lazulite.server import errors
from lazulite.server.answers import file_answer
from lazulite.server.portal.pages import page
from lazulite.server.portal.preview import PICTURES, READ_BYTES, preview, suffix_of
from lazulite.server.portal.routing import Visit, reading

_DATASTORES = "/workspaces/{workspace}/datastores"
_PAGE = 200
#: `azureml/<step run>/<output>`, and `azureml/ExperimentRun/dcid.<run>` for logs and uploaded files.
_OUTPUT = re.compile(
    r"azureml/(?:ExperimentRun/dcid\.)?(?P<run>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/(?P<output>[^/]+))?"
)
#: What a user's file may do in a browser: nothing.
_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True)
class Origin:
    """The run that wrote a place, with the pipeline run above it, and the steps of that which read it."""

    run: Run
    parent: Run | None
    readers: tuple[Run, ...] = ()


@dataclass(frozen=True)
class About:
    """A datastore's record, and what is said of it."""

    record: Datastore

    @property
    def place(self) -> str:
        return place_of(self.record)

    @property
    def auth(self) -> str:
        return auth_of(self.record)

    @property
    def has_files(self) -> bool:
        return has_files(self.record)

    @property
    def is_folder(self) -> bool:
        return self.record.type == "folder"

    @property
    def options(self) -> dict[str, str]:
        """What else is recorded; a file's bytes are nothing to look at."""
        return {name: text for name, text in sorted(self.record.options.items()) if name != "certificate"}


def routes() -> list[BaseRoute]:
    """The datastores, and everything in them."""
    return [
        reading(_DATASTORES, show_all),
        reading(_DATASTORES + "/{name}", show),
        reading(_DATASTORES + "/{name}/{path:path}", show),
    ]


def show_all(visit: Visit) -> Response:
    """The datastores of the workspace."""
    assets = visit.service.list_assets(visit.workspace.id, AssetKind.DATASTORE)
    stores = [About(from_data(Datastore, asset.document)) for asset in assets]
    return page(visit.request, "datastores.html", stores=stores, default=visit.workspace.default_datastore)


def show(visit: Visit) -> Response:
    """A folder or a file of a datastore; with `download` or `raw`, the file's bytes."""
    service, ws, store = visit.service, visit.workspace.id, visit.part("name")
    path = str(visit.request.path_params.get("path", "")).strip("/")
    if not path:
        return _root(visit, store)
    found = service.look_at(ws, store, path)
    if found is None:
        raise NotFound(
            f"There is nothing at '{path}' on datastore '{store}'. It may have been moved or deleted.",
            kind="file",
        )
    if found.is_directory:
        return _folder(visit, store, path)
    if visit.asked("download") or visit.asked("raw"):
        return _bytes(visit, store, path)
    with service.open_file(ws, store, path, 0, READ_BYTES) as source:
        start = source.read()
    return page(
        visit.request,
        "file.html",
        store=store,
        path=path,
        parts=_parts(path),
        file=found,
        changed=modified(found),
        shown=preview(path, start, found.size),
        origin=_origin(service, ws, path),
    )


def _root(visit: Visit, store: str) -> Response:
    """A whole datastore: where it is, how it is reached, and its files; without them where it has none, or does not
    answer."""
    asset = visit.service.get_asset(visit.workspace.id, AssetKind.DATASTORE, store)
    about = About(from_data(Datastore, asset.document))
    if not about.has_files:
        return page(visit.request, "datastore.html", store=store, about=about, problem="")
    try:
        return _folder(visit, store, "", about)
    except (StorageError, InvalidRequest) as error:  # gone, refused, or its library is not installed
        status = errors.status_of(type(error))
        return page(visit.request, "datastore.html", status, store=store, about=about, problem=error.message)


def _folder(visit: Visit, store: str, path: str, about: About | None = None) -> Response:
    after = visit.asked("after")
    service, ws = visit.service, visit.workspace.id
    entries = service.list_folder(ws, store, path, _PAGE + 1, after) if path or _is_made(visit, store) else ()
    shown = entries[:_PAGE]
    return page(
        visit.request,
        "folder.html",
        store=store,
        path=path,
        parts=_parts(path),
        entries=[(entry, f"{path}/{entry.name}".strip("/"), modified(entry)) for entry in shown],
        next_page=shown[-1].name if len(entries) > len(shown) else None,
        is_first=not after,
        about=about,
        origin=_origin(service, ws, path),
    )


def _is_made(visit: Visit, store: str) -> bool:
    """Whether the root of the datastore is there: a folder that nobody wrote to yet may not be."""
    found = visit.service.look_at(visit.workspace.id, store, "")
    return found is not None and found.is_directory


def _bytes(visit: Visit, store: str, path: str) -> Response:
    kind = PICTURES.get(suffix_of(path)) if visit.asked("raw") else None
    stream = visit.service.open_file(visit.workspace.id, store, path)
    response = file_answer(stream, visit.request.app.state.workers, kind or "application/octet-stream")
    name = quote(path.rpartition("/")[2])
    response.headers["content-disposition"] = f"{'inline' if kind else 'attachment'}; filename*=UTF-8''{name}"
    response.headers["content-security-policy"] = _HARMLESS
    return response


def _parts(path: str) -> list[tuple[str, str]]:
    """The folders on the way: each name with its own path."""
    names = [name for name in path.split("/") if name]
    return [(name, "/".join(names[: place + 1])) for place, name in enumerate(names)]


def modified(entry: FolderEntry) -> datetime | None:
    """When a file was last written, if that is known."""
    return datetime.fromtimestamp(entry.mtime_ns / 1e9, timezone.utc) if entry.mtime_ns else None


def _origin(service: Service, workspace: str, path: str) -> Origin | None:
    """Which run wrote the place, as its path and the records tell; None if no run did."""
    found = _OUTPUT.match(path)
    if found is None:
        return None
    try:
        run = service.get_run(workspace, found["run"])
        parent = service.get_run(workspace, run.parent_id) if run.parent_id else None
    except NotFound:  # deleted since
        return None
    return Origin(run, parent, _readers(service, run, found["output"] or ""))


def _readers(service: Service, run: Run, output: str) -> tuple[Run, ...]:
    """The steps of the same pipeline run that take this output."""
    if run.kind is not RunKind.STEP or not run.parent_id or not run.node:
        return ()
    source = StepOutput(run.node, output)
    plan = service.get_submission(run.workspace, run.parent_id).plan
    nodes = {step.node for step in plan.steps if any(item.source == source for item in step.inputs)}
    if not nodes:
        return ()
    steps = service.list_runs(run.workspace, RunQuery(parent_id=run.parent_id, kind=RunKind.STEP))
    return tuple(step for step in reversed(steps) if step.node in nodes)
