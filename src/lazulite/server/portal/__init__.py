"""The pages people look at: rendered here, on the server, with a little plain JavaScript and no build step.

    routing    a request → a `Visit` (who, which workspace, which form), errors → pages
    pages      a template and what it shows → a response
    words      how values read: durations, sizes, times, statuses
    static     style and scripts, under addresses that change with their content

Each other module is the pages of one noun: it reads `api.Service`, never the records, and renders a template. What
changes something is a form: POST, checked for its origin and role, then a redirect with a message.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from lazulite.server.portal import (
    computes,
    data,
    deleting,
    endpoints,
    experiments,
    home,
    models,
    pipelines,
    run,
    runs_list,
    schedules,
    static_files,
    workspaces,
)
from lazulite.server.portal.failures import error_page

__all__ = ["error_page", "routes"]


def routes() -> list[BaseRoute]:
    """Return the routes of the portal, to be mounted at the root, after all others."""
    nouns = (
        static_files,
        workspaces,
        home,
        deleting,
        runs_list,
        run,
        experiments,
        pipelines,
        endpoints,
        schedules,
        data,
        models,
        computes,
    )
    return [route for noun in nouns for route in noun.routes()]
