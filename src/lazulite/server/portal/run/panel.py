"""The panel of a run page: tabs about the step that is chosen, or about the run itself.

Each tab is a module with a function from `Subject` to what its template shows; only the tab that is open is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lazulite.model.errors import StorageError
from lazulite.model.run import Run, RunKind, RunStatus
from lazulite.server.portal.routing import Visit
from lazulite.server.portal.run import (
    tab_code,
    tab_environment,
    tab_images,
    tab_logs,
    tab_metrics,
    tab_outputs,
    tab_overview,
    tab_raw,
    tab_reuse,
)
from lazulite.server.portal.run.record import RunRecord
from lazulite.server.portal.run.subject import Subject

Shown = Mapping[str, object]


@dataclass(frozen=True)
class Tab:
    """One tab: its word, and what gathers its content."""

    name: str
    word: str
    gather: Callable[[Subject], Shown]


_TABS = {
    tab.name: tab
    for tab in (
        Tab("overview", "Overview", tab_overview.shown),
        Tab("reuse", "Reuse", tab_reuse.shown),
        Tab("logs", "Logs", tab_logs.shown),
        Tab("metrics", "Metrics", tab_metrics.shown),
        Tab("images", "Images", tab_images.shown),
        Tab("outputs", "Outputs", tab_outputs.shown),
        Tab("code", "Code", tab_code.shown),
        Tab("environment", "Environment", tab_environment.shown),
        Tab("raw", "Raw", tab_raw.shown),
    )
}
_OF_KIND = {
    RunKind.STEP: tuple(_TABS),
    RunKind.PIPELINE: ("overview", "logs", "metrics", "outputs", "raw"),
    RunKind.INTERACTIVE: ("overview", "logs", "metrics", "images", "outputs", "code", "raw"),
}


def context(visit: Visit, record: RunRecord, run: Run) -> dict[str, object]:
    """Return what the panel shows: `tabs`, `tab` (the open one), and the content of that one, or why it cannot be read."""
    tabs = [_TABS[name] for name in _OF_KIND[run.kind]]
    tab = next((tab for tab in tabs if tab.name == visit.asked("tab")), None) or _usual(tabs, run)
    open_tab = {"tabs": tabs, "tab": tab}
    try:
        content = tab.gather(Subject(visit, record, run))
    except StorageError as error:
        # Such as a datastore on a machine that does not answer; all else can be seen.
        return {**open_tab, "tab_template": "run/unreadable.html", "why": error.message}
    return {**open_tab, "tab_template": f"run/tab_{tab.name}.html", **content}


def _usual(tabs: list[Tab], run: Run) -> Tab:
    """The tab that is open if none is asked for: of a step that failed, its log."""
    wanted = "logs" if run.kind is RunKind.STEP and run.status is RunStatus.FAILED else "overview"
    return next((tab for tab in tabs if tab.name == wanted), tabs[0])
