"""The page of a workspace: what runs, what waits, what failed and is nobody's concern yet, and whether the machinery is well."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api.service import EngineStatus, Service
from lazulite.model.assets import AssetKind, Node
from lazulite.model.run import RunQuery, RunStatus
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, reading
from lazulite.server.portal.run_rows import rows_of
from lazulite.server.portal.schedules import views_of
from lazulite.server.portal.words import now

_ACTIVE = tuple(status for status in RunStatus if not status.is_terminal)
_WAITING = frozenset({RunStatus.NOT_STARTED.value, RunStatus.QUEUED.value})
_SHOWN = 8


@dataclass(frozen=True)
class Disk:
    """How full the disk under the home folder is."""

    free: int
    total: int

    @property
    def is_short(self) -> bool:
        """Less than a twentieth is left."""
        return self.free * 20 < self.total


def routes() -> list[BaseRoute]:
    """The page of a workspace."""
    return [reading("/workspaces/{workspace}", show)]


def show(visit: Visit) -> Response:
    """Everything that one wants to know in the morning."""
    service, ws = visit.service, visit.workspace.id
    active = service.count_runs(ws, RunQuery(top_level=True, statuses=_ACTIVE))
    failed = RunQuery(top_level=True, statuses=(RunStatus.FAILED,), created_after=_midnight())
    attention = service.list_runs(ws, RunQuery(top_level=True, unresolved=True, limit=_SHOWN))
    unresolved = sum(service.count_runs(ws, RunQuery(top_level=True, unresolved=True)).values())
    running = service.list_runs(ws, RunQuery(top_level=True, statuses=_ACTIVE, limit=_SHOWN))
    recent = service.list_runs(ws, RunQuery(top_level=True, limit=_SHOWN))
    engine = service.engine_status()
    return page(
        visit.request,
        "home.html",
        queued=sum(count for status, count in active.items() if status in _WAITING),
        active=sum(count for status, count in active.items() if status not in _WAITING),
        failed_today=sum(service.count_runs(ws, failed).values()),
        unresolved=unresolved,
        attention=rows_of(service, ws, attention),
        running=rows_of(service, ws, running),
        recent=rows_of(service, ws, recent),
        engine=engine,
        nodes=_nodes(service, ws),
        schedules=[view for view in views_of(service, ws) if view.state.next_at][:5],
        disk=_disk(engine),
        today=_midnight().date().isoformat(),
    )


def _midnight() -> datetime:
    return now().replace(hour=0, minute=0, second=0, microsecond=0)


def _nodes(service: Service, workspace: str) -> list[Node]:
    """The worker nodes of the workspace's compute targets."""
    targets = service.list_assets(workspace, AssetKind.COMPUTE)
    return [node for target in targets for node in service.get_nodes(workspace, target.name)]


def _disk(engine: EngineStatus) -> Disk | None:
    """The disk of the home folder, if the viewer may know where that is."""
    if not engine.location or not Path(engine.location).is_dir():
        return None
    usage = shutil.disk_usage(engine.location)
    return Disk(usage.free, usage.total)
