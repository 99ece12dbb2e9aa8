"""The page of a run: its head, its graph or timeline, and the panel of what is chosen in it."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from lazulite.model.access import Role
from lazulite.model.events import Event
from lazulite.model.run import Run, RunKind, RunQuery
from lazulite.server.portal import links
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit
from lazulite.server.portal.run import panel
from lazulite.server.portal.run.graph_view import graph_view
from lazulite.server.portal.run.record import RunRecord, loaded
from lazulite.server.portal.run.timeline import PHASES
from lazulite.server.portal.run.timeline_view import timeline_view
from lazulite.server.portal.run_rows import trigger_of

#: From so many steps on the page opens with the timeline: nobody reads a picture of so many boxes.
_MANY = 100
VIEWS = ("graph", "timeline")


def show(visit: Visit) -> Response:
    """The page of a run; of a step run, that of its pipeline run with the step chosen."""
    run = visit.service.get_run(visit.workspace.id, visit.part("run_id"))
    if run.kind is RunKind.STEP and run.root_id:
        query = {"tab": visit.asked("tab"), "view": visit.asked("view")}
        return RedirectResponse(
            links.at(visit.workspace.id, "runs", run.root_id, step=run.id, **query), status_code=303
        )
    record = loaded(visit, run)
    chosen = record.found(visit.asked("step")) if visit.asked("step") else None
    subject = chosen or run
    view = visit.asked("view") if visit.asked("view") in VIEWS else _usual_view(record)
    opened = visit.request.query_params.getlist("open")

    def address(**changes: object) -> str:
        query: dict[str, object] = {
            "view": view if visit.asked("view") else "",
            "step": chosen.id if chosen else "",
            "tab": visit.asked("tab"),
            "open": opened,
        }
        return links.at(visit.workspace.id, "runs", run.id, **(query | changes))

    context: dict[str, object] = {"graph": None, "timeline": None}
    events = _events(record, view)
    if record.steps and view == "timeline":
        context["timeline"] = timeline_view(record, events)
    elif record.steps:
        context["graph"] = graph_view(record, chosen.id if chosen else None, opened, address)
    return page(
        visit.request,
        "run/page.html",
        200,
        record=record,
        run=run,
        chosen=chosen,
        subject=subject,
        view=view,
        opened=opened,
        phases=PHASES,
        address=address,
        log_of=lambda step: address(step=step.id, tab="logs"),
        trigger=trigger_of(run),
        last_event=events[-1].sequence if events else 0,
        previous=_previous(record),
        may_delete=run.status.is_terminal and visit.may(Role.OWNER),
        first_failure=_first_failure(record),
        **context,
        **panel.context(visit, record, subject),
    )


def _events(record: RunRecord, view: str) -> tuple[Event, ...]:
    """What happened so far: the timeline is made of it, and of a run that goes on the page follows what comes after."""
    run = record.run
    if run.kind is not RunKind.PIPELINE or (view != "timeline" and run.status.is_terminal):
        return ()
    return record.service.get_events(run.workspace, run.id)


def _usual_view(record: RunRecord) -> str:
    return "timeline" if len(record.steps) >= _MANY else "graph"


def _previous(record: RunRecord) -> Run | None:
    """The run of the same experiment and kind before it."""
    run = record.run
    query = RunQuery(
        experiment=run.experiment, kind=run.kind, top_level=True, created_before=run.created_at, limit=2
    )
    return next((one for one in record.service.list_runs(run.workspace, query) if one.id != run.id), None)


def _first_failure(record: RunRecord) -> Run | None:
    """The step whose own words tell why the run failed: the one that failed first."""
    failed = [step for step in record.steps if step.error is not None]
    return min(failed, key=lambda step: step.ended_at or step.created_at) if failed else None
