"""Links to the portal: where in the browser a run or an experiment is shown.

Asking for the address sees to it that something answers there (`Service.address`). Where no server is wanted, or none
can be started, there is no link, and callers show the files instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lazulite.model.errors import LazuliteError
from lazulite.model.run import RunKind

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.run import Run

_FILES = "file:"


def run_url(service: Service, run: Run) -> str:
    """Return the page of a run, of a step run that of its pipeline run with the step opened; "" if there is none."""
    if run.kind is RunKind.STEP and run.root_id:
        return _page(service, run.workspace, f"runs/{quote(run.root_id, safe='')}", {"step": run.id})
    return _page(service, run.workspace, f"runs/{quote(run.id, safe='')}")


def experiment_url(service: Service, workspace: str, name: str) -> str:
    """Return the page of an experiment; "" if there is none."""
    return _page(service, workspace, f"experiments/{quote(name, safe='')}")


def pipeline_url(service: Service, workspace: str, pipeline_id: str) -> str:
    """Return the page of a published pipeline; "" if there is none."""
    return _page(service, workspace, f"pipelines/{quote(pipeline_id, safe='')}")


def endpoint_url(service: Service, workspace: str, endpoint_id: str) -> str:
    """Return the page of a pipeline endpoint; "" if there is none."""
    return _page(service, workspace, f"endpoints/{quote(endpoint_id, safe='')}")


def workspace_url(service: Service, workspace: str) -> str:
    """Return the page of a workspace; "" if there is none."""
    return _page(service, workspace)


def home_url(service: Service) -> str:
    """Return the first page, with all workspaces; "" if there is none."""
    return _link(service, "/")


def link_line(url: str) -> str:
    """Return the line that shows a run's link in a terminal."""
    return (
        f"Link to the run's files: {url}"
        if url.startswith(_FILES) or not url
        else f"Link to the portal: {url}"
    )


def _page(service: Service, workspace: str, path: str = "", query: dict[str, str] | None = None) -> str:
    return _link(service, f"/workspaces/{quote(workspace, safe='')}" + (f"/{path}" if path else ""), query)


def _link(service: Service, path: str, query: dict[str, str] | None = None) -> str:
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
    try:
        return service.page(f"{path}?{asked}" if asked else path)
    except LazuliteError:  # a link is a courtesy: nothing that was done fails for want of it
        return ""
