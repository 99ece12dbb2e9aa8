"""The pages about one run, and about several beside each other.

    show            the page: head, graph or timeline, panel
    drawing         the graph's boxes and lines: folding, layout (by a library, or by layers), graph_view with the state
    timeline        when each step waited, was prepared, ran: from events
    panel           the tabs; each is a module tab_…, given a Subject
    log_pages       the log viewer's lines, search and live tail
    comparison      what differs between runs
    actions         what can be done with a run
    downloads       files as they are

What computes (layout, folding, drawing, timeline, log_file, ansi, charts, metrics, diff) knows no server.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from lazulite.server.portal.routing import reading
from lazulite.server.portal.run import actions, compare, downloads, log_pages
from lazulite.server.portal.run.show import show


def routes() -> list[BaseRoute]:
    """The routes of these pages."""
    return [
        reading("/workspaces/{workspace}/runs/{run_id}", show),
        *actions.routes(),
        *log_pages.routes(),
        *downloads.routes(),
        *compare.routes(),
    ]
