"""Finding versions of models by the words v1 code gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.sdk.exceptions import WebserviceException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


@dataclass(frozen=True)
class Query:
    """Which versions are meant; every given value must match. Tags and properties as v1 took them."""

    name: str | None = None
    version: int | None = None
    tags: Any = None
    properties: Any = None
    run_id: str | None = None
    framework: str | None = None


def parts_of(model_id: str) -> tuple[str, int]:
    """Return name and version of an id such as `churn:3`.

    Raises:
        WebserviceException: it is not one.
    """
    name, _, version = str(model_id).rpartition(":")
    if not name or not version.isdecimal():
        raise WebserviceException(
            f"{model_id!r} is not the id of a model. Expected 'name:version', such as 'churn:3'."
        )
    return name, int(version)


def matching(workspace: Workspace, query: Query) -> list[Asset]:
    """Return the versions that match, by name and version, oldest first.

    Raises:
        UserErrorException: the tags or properties are no filter.
    """
    from lazulite.sdk.run_queries import filters

    fields = filters(None, query.tags, query.properties, None) or {}
    service, place = workspace._service, workspace._id  # noqa: SLF001 - the SDK's own seam
    with v1_errors():
        names = (
            [query.name] if query.name else [one.name for one in service.list_assets(place, AssetKind.MODEL)]
        )
        found = [asset for name in names for asset in service.list_assets(place, AssetKind.MODEL, name)]
    return [
        asset
        for asset in found
        if query.version in (None, asset.version)
        and query.run_id in (None, asset.document.get("run_id"))
        and query.framework in (None, asset.document.get("framework"))
        and _has(asset.tags, fields["tags"])
        and _has(asset.properties, fields["properties"])
    ]


def missing(workspace: Workspace, query: Query) -> str:
    """Return what to say where nothing matches: what was asked for, and what there is."""
    wanted = f"{query.name}:{query.version}" if query.version is not None else str(query.name)
    versions = [asset.version for asset in matching(workspace, Query(query.name))]
    if versions:
        known = f"Its versions are {', '.join(map(str, versions))}; none fits all that was asked for."
    else:
        names = sorted({asset.name for asset in matching(workspace, Query())})
        known = f"It has: {', '.join(names)}." if names else "It has no models yet."
    return f"ModelNotFound: Model {wanted} not found in workspace {workspace.name}. {known}"


def workspace_of_run() -> Workspace | None:
    """Return the workspace of the run this process belongs to; None outside of a run."""
    from lazulite.sdk.exceptions import RunEnvironmentException
    from lazulite.sdk.run import Run

    try:
        run = Run.get_context(allow_offline=False)
    except RunEnvironmentException:
        return None
    workspace: Workspace = run.experiment.workspace
    return workspace


def _has(present: Any, wanted: dict[str, str | None]) -> bool:
    return all(key in present and value in (None, present[key]) for key, value in wanted.items())
