"""The page that compares runs: `/compare?run=a&run=b`."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.model.run import Run, RunKind
from lazulite.server.portal import words
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, reading
from lazulite.server.portal.run import comparison
from lazulite.server.portal.run.comparison import Compared, Row
from lazulite.server.portal.run.diff import FileChange, Hunk, file_changes, hunks
from lazulite.server.portal.run.record import RunRecord, loaded
from lazulite.server.portal.run.subject import snapshot_of
from lazulite.server.portal.run.tab_code import text_of

#: More columns than these nobody reads, and each is a run's whole story.
_MOST_RUNS = 8
_MOST_FILES = 20


@dataclass(frozen=True)
class CodeChange:
    """A file that differs between the first two runs, in the steps that run it."""

    steps: tuple[str, ...]
    change: FileChange
    hunks: list[Hunk] | None


def routes() -> list[BaseRoute]:
    """The page."""
    return [reading("/workspaces/{workspace}/compare", compare)]


def compare(visit: Visit) -> Response:
    """Compare the runs of the address."""
    asked = list(dict.fromkeys(visit.request.query_params.getlist("run")))
    runs = [comparison.compared(visit.service, _record(visit, run_id)) for run_id in asked[:_MOST_RUNS]]
    hides = visit.asked("same") == "hide"
    names = [f"{words.title_of(one.run)} ({one.run.id[:8]})" for one in runs]
    sections: list[tuple[str, list[Row]]] = []
    if runs:
        sections = [
            ("Facts", comparison.facts(runs)),
            ("Parameters", comparison.parameters(runs)),
            ("Metrics", comparison.values(runs)),
            ("Steps", comparison.steps(runs)),
            ("Code, environment and data", comparison.causes(visit.service, runs)),
        ]
    hidden = sum(row.is_same for _, rows in sections for row in rows) if hides else 0
    if hides:
        sections = [(title, comparison.without_same(rows)) for title, rows in sections]
    return page(
        visit.request,
        "run/compare.html",
        runs=[one.run for one in runs],
        left_out=len(asked) - len(runs),
        sections=[(title, rows) for title, rows in sections if rows],
        hides=hides,
        hidden=hidden,
        curves=comparison.curves(runs, names),
        code=_code(visit, runs[0], runs[1]) if len(runs) > 1 else [],
    )


def _record(visit: Visit, run_id: str) -> RunRecord:
    """A run with its steps; of a step run, itself as its only step."""
    run: Run = visit.service.get_run(visit.workspace.id, run_id)
    if run.kind is RunKind.STEP:
        whole = loaded(visit, visit.service.get_run(run.workspace, run.root_id))
        return RunRecord(visit.service, run, whole.submission, (run,))
    return loaded(visit, run)


def _code(visit: Visit, first: Compared, second: Compared) -> list[CodeChange]:
    """The files that differ between two runs; one that several steps share is told once."""
    found: dict[FileChange, list[str]] = {}
    others = {step.name: step for step in first.record.steps}
    for step in second.record.steps:
        here, there = snapshot_of(visit.service, step), None
        if step.name in others:
            there = snapshot_of(visit.service, others[step.name])
        for change in file_changes(here, there) if here and there else ():
            if change.kind != "same":
                found.setdefault(change, []).append(step.name)
    return [
        CodeChange(tuple(steps), change, _hunks(visit, change))
        for change, steps in list(found.items())[:_MOST_FILES]
    ]


def _hunks(visit: Visit, change: FileChange) -> list[Hunk] | None:
    old = text_of(visit.service, visit.workspace.id, change.there)
    new = text_of(visit.service, visit.workspace.id, change.here)
    return None if old is None or new is None else hunks(old, new)
