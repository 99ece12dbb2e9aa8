"""Deleting runs and experiments: first a page that says what would go and what stays, then the deed."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.model.access import Role
from lazulite.model.amounts import counted, size
from lazulite.model.deletion import Deletion
from lazulite.model.errors import InvalidRequest
from lazulite.server.portal import flash, links
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, acting, reading

_RUNS = "/workspaces/{workspace}/runs/delete"
_EXPERIMENT = "/workspaces/{workspace}/experiments/{name}/delete"
_AT_MOST = 500
_SHOWN = 20


def routes() -> list[BaseRoute]:
    """The questions, and the deeds."""
    return [
        reading(_RUNS, ask_runs, Role.OWNER),
        acting(_RUNS, delete_runs, Role.OWNER),
        reading(_EXPERIMENT, ask_experiment, Role.OWNER),
        acting(_EXPERIMENT, delete_experiment, Role.OWNER),
    ]


def ask_runs(visit: Visit) -> Response:
    """What deleting the chosen runs would free."""
    chosen = _chosen(visit.request.query_params.getlist("run"))
    found = visit.service.delete_runs(visit.workspace.id, chosen, dry_run=True)
    back = links.at(visit.workspace.id, "runs")
    return _question(visit, f"Delete {counted(len(chosen), 'run')}?", found, chosen, back)


def delete_runs(visit: Visit) -> Response:
    """Delete the chosen runs."""
    chosen = _chosen(visit.fields.get("run", []))
    found = visit.service.delete_runs(visit.workspace.id, chosen)
    return flash.redirect(links.at(visit.workspace.id, "runs"), _told(found))


def ask_experiment(visit: Visit) -> Response:
    """What deleting the experiment would free."""
    name = visit.part("name")
    found = visit.service.delete_experiment(visit.workspace.id, name, dry_run=True)
    back = links.at(visit.workspace.id, "experiments", name)
    return _question(visit, f"Delete experiment '{name}' with all its runs?", found, (), back)


def delete_experiment(visit: Visit) -> Response:
    """Delete the experiment with all its runs."""
    name = visit.part("name")
    found = visit.service.delete_experiment(visit.workspace.id, name)
    told = f"Experiment '{name}' is deleted. {_told(found)}"
    return flash.redirect(links.at(visit.workspace.id, "experiments"), told)


def _question(visit: Visit, title: str, found: Deletion, chosen: tuple[str, ...], back: str) -> Response:
    runs = [visit.service.get_run(visit.workspace.id, run_id) for run_id in chosen[:_SHOWN]]
    return page(
        visit.request,
        "delete.html",
        title=title,
        found=found,
        runs=runs,
        chosen=chosen,
        more=len(chosen) - len(runs),
        back=back,
    )


def _chosen(run_ids: list[str]) -> tuple[str, ...]:
    """The runs that were selected, each once.

    Raises:
        InvalidRequest: none, or more than a form is for.
    """
    chosen = tuple(dict.fromkeys(filter(None, run_ids)))
    if not chosen:
        raise InvalidRequest("No run is selected. Go back, and select the runs that are to be deleted.")
    if len(chosen) > _AT_MOST:
        raise InvalidRequest(f"{len(chosen)} runs are selected; {_AT_MOST} can be deleted at a time.")
    return chosen


def _told(found: Deletion) -> str:
    """What a deletion did, in a sentence."""
    freed = f"{counted(len(found.run_ids), 'run')} deleted, {size(found.bytes)} in {counted(found.files, 'file')} freed."
    return f"{freed} What other runs have reused stays until they go." if found.kept else freed
