"""Experiments: all of them with their last run, and one with its metrics across runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.run import Run, RunQuery
from lazulite.server.portal import links
from lazulite.server.portal.charts import Chart, Point, chart
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, reading
from lazulite.server.portal.run_rows import rows_of
from lazulite.server.portal.words import number, status_tone, title_of

_EXPERIMENTS = "/workspaces/{workspace}/experiments"
_CHARTED = 100  # so many runs are in a chart
_CHARTS = 12
_SHOWN = 50


@dataclass(frozen=True)
class ExperimentRow:
    """An experiment and its newest run, if it has any."""

    asset: Asset
    last: Run | None


def routes() -> list[BaseRoute]:
    """The list, and the page of one."""
    return [reading(_EXPERIMENTS, show_all), reading(_EXPERIMENTS + "/{name}", show)]


def show_all(visit: Visit) -> Response:
    """All experiments, the one that ran last first."""
    service, ws = visit.service, visit.workspace.id
    rows = [
        ExperimentRow(
            asset,
            next(
                iter(service.list_runs(ws, RunQuery(experiment=asset.name, top_level=True, limit=1))),
                None,
            ),
        )
        for asset in service.list_assets(ws, AssetKind.EXPERIMENT, archived=bool(visit.asked("archived")))
    ]
    rows.sort(key=lambda row: row.last.created_at.timestamp() if row.last else 0.0, reverse=True)
    return page(visit.request, "experiments.html", rows=rows, archived=bool(visit.asked("archived")))


def show(visit: Visit) -> Response:
    """One experiment: charts of its metrics across runs, and the runs with these metrics as columns."""
    service, ws = visit.service, visit.workspace.id
    asset = service.get_asset(ws, AssetKind.EXPERIMENT, visit.part("name"))
    runs = service.list_runs(ws, RunQuery(experiment=asset.name, top_level=True, limit=_CHARTED))
    values = service.latest_metrics(ws, [run.id for run in runs]) if runs else {}
    names = sorted({name for found in values.values() for name in found})
    chosen = [name for name in visit.request.query_params.getlist("metric") if name in names]
    return page(
        visit.request,
        "experiment.html",
        experiment=asset,
        rows=rows_of(service, ws, runs[:_SHOWN]),
        charts=_charts(runs, values, (chosen or names)[:_CHARTS]),
        values=values,
        names=names,
        columns=(chosen or names)[:4],
        chosen=chosen,
        any_active=any(not run.status.is_terminal for run in runs),
        more=len(runs) > _SHOWN,
    )


def _charts(
    runs: Sequence[Run], values: Mapping[str, Mapping[str, float]], names: Sequence[str]
) -> list[Chart]:
    """A chart for each metric: its last value in each run, oldest first."""
    charts = []
    for name in names:
        points = [
            Point(
                run.number,
                values[run.id][name],
                f"{title_of(run)}: {number(values[run.id][name])}",
                links.at(run.workspace, "runs", run.id),
                status_tone(run.status),
            )
            for run in reversed(runs)
            if name in values.get(run.id, {})
        ]
        if points:
            charts.append(chart(name, points))
    return charts
