"""The list of runs: filters kept in the address, pages by cursor, and what can be done with many at once."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from lazulite.model.amounts import counted
from lazulite.model.errors import LazuliteError, NotFound
from lazulite.model.run import HANDLED, RunPatch, RunQuery, RunStatus
from lazulite.server.portal import flash, links, run_filters
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, acting, reading
from lazulite.server.portal.run_filters import Filters
from lazulite.server.portal.run_rows import rows_of

_RUNS = "/workspaces/{workspace}/runs"
#: So many runs are counted at most; beyond, the number helps nobody and costs a look at every row.
_SELECTED_AT_MOST = 500


def routes() -> list[BaseRoute]:
    """The list, and its actions."""
    return [
        reading(_RUNS, show),
        acting(_RUNS + "/cancel", cancel),
        acting(_RUNS + "/handled", mark_handled),
    ]


def show(visit: Visit) -> Response:
    """One page of the list."""
    filters = run_filters.read(visit.request.query_params)
    jump = _run_of_id(visit, filters)
    if jump:
        return RedirectResponse(jump, status_code=303)
    try:
        found = visit.service.list_runs(visit.workspace.id, filters.query)
    except LazuliteError as error:
        filters = replace(filters, problem=filters.problem or error.message)
        found = ()
    shown = found[: run_filters.PAGE]
    return page(
        visit.request,
        "runs.html",
        filters=filters,
        rows=rows_of(visit.service, visit.workspace.id, shown),
        next_page=shown[-1].id if len(found) > len(shown) else None,
        any_active=any(not run.status.is_terminal for run in shown),
        statuses=list(RunStatus),
        triggers=run_filters.TRIGGERS,
        is_first=filters.query.after is None,
        has_any=bool(found) or bool(visit.service.list_runs(visit.workspace.id, RunQuery(limit=1))),
    )


def cancel(visit: Visit) -> Response:
    """Ask for the end of the chosen runs that have not ended."""
    done = 0
    for run_id in _chosen(visit):
        if not visit.service.get_run(visit.workspace.id, run_id).status.is_terminal:
            visit.service.cancel_run(visit.workspace.id, run_id)
            done += 1
    if not done:
        return flash.redirect(_back(visit), "None of these runs is active: nothing to cancel.", "warn")
    return flash.redirect(_back(visit), f"Asked for the cancellation of {counted(done, 'run')}.")


def mark_handled(visit: Visit) -> Response:
    """Say of failed runs that they need no more attention."""
    chosen = _chosen(visit)
    for run_id in chosen:
        visit.service.update_run(
            visit.workspace.id, run_id, RunPatch(set_tags={HANDLED: visit.viewer.name or "yes"})
        )
    return flash.redirect(_back(visit), f"{counted(len(chosen), 'run')} marked as handled.")


def _chosen(visit: Visit) -> list[str]:
    """The runs that were selected."""
    return list(dict.fromkeys(visit.fields.get("run", [])))[:_SELECTED_AT_MOST]


def _back(visit: Visit) -> str:
    """Where the form was sent from."""
    target = visit.filled("back")
    return target if links.is_local(target) else links.at(visit.workspace.id, "runs")


def _run_of_id(visit: Visit, filters: Filters) -> str:
    """The page of the run whose whole id was searched for."""
    text = filters.asked["text"]
    if len(text) != len("00000000-0000-0000-0000-000000000000") or filters.query.after:
        return ""
    try:
        run = visit.service.get_run(visit.workspace.id, text)
    except NotFound:
        return ""
    return links.at(visit.workspace.id, "runs", run.id)
