"""Schedules: when each fires next, and every look at it with what came of it and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api import query
from lazulite.api.service import Service
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import NotFound
from lazulite.model.publishing import SCHEDULE_ID, PipelineEndpoint, PublishedPipeline
from lazulite.model.run import RunQuery
from lazulite.model.schedule import DataTrigger, Recurrence, Schedule, ScheduleState, ScheduleStatus, Verdict
from lazulite.server.portal import flash, links
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, acting, reading
from lazulite.server.portal.run_rows import rows_of
from lazulite.server.portal.words import title_of

_SCHEDULES = "/workspaces/{workspace}/schedules"
_CHECKS = 50
_RUNS = 10
#: What came of a look: its word, colour and icon.
VERDICTS = {
    Verdict.FIRED: ("fired", "good", "play"),
    Verdict.NOTHING_NEW: ("nothing new", "off", "waiting"),
    Verdict.MISSED: ("missed", "warn", "warn"),
    Verdict.FAILED: ("failed", "bad", "failed"),
}


@dataclass(frozen=True)
class ScheduleView:
    """A schedule, where it stands, and what it starts."""

    asset: Asset
    schedule: Schedule
    state: ScheduleState
    target: str
    target_href: str

    @property
    def is_active(self) -> bool:
        """Whether it fires by itself."""
        return self.schedule.status is ScheduleStatus.ACTIVE

    @property
    def timing(self) -> str:
        """When it fires, in words."""
        if self.schedule.recurrence:
            return recurrence_words(self.schedule.recurrence)
        return trigger_words(self.schedule.trigger) if self.schedule.trigger else "never"


def routes() -> list[BaseRoute]:
    """The list, one schedule, and its actions."""
    one = _SCHEDULES + "/{id}"
    return [
        reading(_SCHEDULES, show_all),
        reading(one, show),
        acting(one + "/run", run_now),
        acting(one + "/status", set_status),
    ]


def views_of(service: Service, workspace: str) -> list[ScheduleView]:
    """All schedules, those that fire next first."""
    views = [_view(service, workspace, asset) for asset in service.list_assets(workspace, AssetKind.SCHEDULE)]
    return sorted(
        views, key=lambda view: view.state.next_at.timestamp() if view.state.next_at else float("inf")
    )


def show_all(visit: Visit) -> Response:
    """All schedules."""
    return page(visit.request, "schedules.html", views=views_of(visit.service, visit.workspace.id))


def show(visit: Visit) -> Response:
    """One schedule with the history of its checks."""
    service, ws = visit.service, visit.workspace.id
    view = _view(service, ws, service.get_asset(ws, AssetKind.SCHEDULE, visit.part("id")))
    before = visit.asked("before")
    checks = service.list_schedule_checks(
        ws, view.schedule.id, _CHECKS + 1, query.value_of("before", int, before) if before else None
    )
    shown = checks[:_CHECKS]
    runs = service.list_runs(
        ws, RunQuery(properties={SCHEDULE_ID: view.schedule.id}, top_level=True, limit=_RUNS)
    )
    return page(
        visit.request,
        "schedule.html",
        view=view,
        checks=shown,
        next_page=shown[-1].sequence if len(checks) > len(shown) else None,
        is_first=not before,
        verdicts=VERDICTS,
        runs=rows_of(service, ws, runs),
    )


def run_now(visit: Visit) -> Response:
    """Start its pipeline now; its own times stay as they are."""
    run = visit.service.run_schedule(visit.workspace.id, visit.part("id"))
    return flash.redirect(links.at(visit.workspace.id, "runs", run.id), f"Started {title_of(run)}.")


def set_status(visit: Visit) -> Response:
    """Pause or resume it."""
    asset = visit.service.get_asset(visit.workspace.id, AssetKind.SCHEDULE, visit.part("id"))
    schedule = from_data(Schedule, asset.document)
    status = ScheduleStatus.ACTIVE if visit.filled("status") == "Active" else ScheduleStatus.DISABLED
    changed = replace(asset, document=to_data(replace(schedule, status=status)))
    visit.service.put_asset(visit.workspace.id, changed)
    word = "fires again by itself" if status is ScheduleStatus.ACTIVE else "is paused"
    return flash.redirect(
        links.at(visit.workspace.id, "schedules", schedule.id), f"'{schedule.name}' {word}."
    )


def recurrence_words(recurrence: Recurrence) -> str:
    """When a recurrence fires, in words."""
    unit = recurrence.frequency.lower()
    text = f"every {unit}" if recurrence.interval == 1 else f"every {recurrence.interval} {unit}s"
    if recurrence.week_days:
        text += f" on {', '.join(recurrence.week_days)}"
    if recurrence.hours or recurrence.minutes:
        hours, minutes = recurrence.hours or (0,), recurrence.minutes or (0,)
        text += f" at {', '.join(f'{hour:02d}:{minute:02d}' for hour in hours for minute in minutes)}"
    if recurrence.start_time:
        text += f", from {recurrence.start_time}"
    return f"{text} ({recurrence.time_zone})"


def trigger_words(trigger: DataTrigger) -> str:
    """When a data trigger fires, in words."""
    place = f"{trigger.datastore}/{trigger.path}".rstrip("/")
    return f"when {place} changes, looked at every {trigger.polling_minutes:g} min"


def _view(service: Service, workspace: str, asset: Asset) -> ScheduleView:
    schedule = from_data(Schedule, asset.document)
    name, href = _target(service, workspace, schedule)
    return ScheduleView(asset, schedule, service.get_schedule_state(workspace, schedule.id), name, href)


def _target(service: Service, workspace: str, schedule: Schedule) -> tuple[str, str]:
    """The name and page of what it starts."""
    try:
        if schedule.endpoint_id:
            endpoint: PipelineEndpoint = service.get_endpoint(workspace, schedule.endpoint_id)
            return endpoint.name, links.at(workspace, "endpoints", endpoint.id)
        asset = service.get_asset(workspace, AssetKind.PUBLISHED_PIPELINE, schedule.pipeline_id or "")
    except NotFound:
        return "something that was deleted", ""
    pipeline = from_data(PublishedPipeline, asset.document)
    return pipeline.name, links.at(workspace, "pipelines", pipeline.id)
