"""Compute targets with their nodes, and what waits for them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Node, NodeState
from lazulite.model.codec import from_data
from lazulite.model.run import Run, RunKind, RunQuery, RunStatus
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, reading

_SHOWN = 20
#: The colour of a node's state.
TONES = {
    NodeState.RUNNING: "live",
    NodeState.IDLE: "good",
    NodeState.PREPARING: "wait",
    NodeState.LEAVING: "off",
    NodeState.PREEMPTED: "warn",
    NodeState.UNUSABLE: "bad",
}


@dataclass(frozen=True)
class TargetView:
    """A compute target, its nodes, and the steps that wait for one."""

    asset: Asset
    target: ComputeTarget
    nodes: tuple[Node, ...]
    queue: tuple[Run, ...]


def routes() -> list[BaseRoute]:
    """One page for all of them."""
    return [reading("/workspaces/{workspace}/computes", show)]


def show(visit: Visit) -> Response:
    """The compute targets of the workspace."""
    service, ws = visit.service, visit.workspace.id
    views = []
    for asset in service.list_assets(ws, AssetKind.COMPUTE):
        waiting = RunQuery(
            kind=RunKind.STEP, target=asset.name, statuses=(RunStatus.QUEUED,), limit=_SHOWN, ascending=True
        )
        views.append(
            TargetView(
                asset,
                from_data(ComputeTarget, asset.document),
                service.get_nodes(ws, asset.name),
                service.list_runs(ws, waiting),
            )
        )
    return page(visit.request, "computes.html", views=views, tones=TONES, engine=service.engine_status())
