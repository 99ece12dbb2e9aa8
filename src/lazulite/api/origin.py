"""Whose work a run shows: its own, or that of the run it reuses, which may have reused another in its turn."""

from __future__ import annotations

from collections.abc import Iterator

from lazulite.api.service import Service
from lazulite.model.run import Run


def origin_of(service: Service, workspace: str, run: Run) -> Run:
    """Return the run whose work `run` shows: itself, or the one it reuses.

    Raises:
        NotFound: one on the way is gone.
    """
    *_, origin = reused_by(service, workspace, run)
    return origin


def reused_by(service: Service, workspace: str, run: Run) -> Iterator[Run]:
    """Yield `run`, the run that it reuses, and so on to the one that did the work; `NotFound` where one is gone."""
    seen = {run.id}
    yield run
    while run.reused_run_id and run.reused_run_id not in seen:
        seen.add(run.reused_run_id)
        run = service.get_run(workspace, run.reused_run_id)
        yield run
