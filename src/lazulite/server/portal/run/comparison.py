"""What differs between runs: facts, parameters, metrics, steps, what counts for reuse, code, curves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lazulite.api.service import Service
from lazulite.model.codec import dumps
from lazulite.model.run import Metric, Run, RunStatus
from lazulite.model.values import as_text
from lazulite.server.portal import words
from lazulite.server.portal.run import charts, metrics
from lazulite.server.portal.run.charts import Chart, Point
from lazulite.server.portal.run.record import RunRecord
from lazulite.server.portal.run.tab_reuse import components_text

#: Curves of so many names are drawn.
_MOST_CHARTS = 24


@dataclass(frozen=True)
class Row:
    """One line of the comparison: a value of each run; `low` and `high` are the places of the extremes of numbers."""

    name: str
    values: tuple[str, ...]
    low: int | None = None
    high: int | None = None

    @property
    def is_same(self) -> bool:
        return len(set(self.values)) == 1


@dataclass(frozen=True)
class Compared:
    """One run of the comparison: its record, and its metrics by step name ("" for its own)."""

    record: RunRecord
    metrics: Mapping[str, Sequence[Metric]]

    @property
    def run(self) -> Run:
        return self.record.run


def compared(service: Service, record: RunRecord) -> Compared:
    """Return a run with all it logged."""
    run = record.run
    found = {"": service.get_metrics(run.workspace, run.id)}
    for step in record.steps:
        if step.status is not RunStatus.NOT_STARTED:
            found[step.name] = service.get_metrics(step.workspace, step.id)
    return Compared(record, {name: logged for name, logged in found.items() if logged})


def facts(runs: Sequence[Compared]) -> list[Row]:
    """Status, time and tags."""

    def row(name: str, value: Callable[[Run], str]) -> Row:
        return Row(name, tuple(value(one.run) for one in runs))

    rows = [
        row("Status", lambda run: words.status_word(run.status)),
        row("Duration", lambda run: words.duration(words.seconds_of(run))),
        row("Submitted", lambda run: words.absolute(run.created_at)),
        row("By", lambda run: run.submitted_by),
        row("Experiment", lambda run: run.experiment),
        row("Git commit", lambda run: run.properties.get("azureml.git.commit", "")),
    ]
    rows += _table([dict(one.run.tags) for one in runs], prefix="tag ")
    return [row for row in rows if any(row.values)]


def parameters(runs: Sequence[Compared]) -> list[Row]:
    """Values of parameters, defaults included."""
    return _table([{name: as_text(value) for name, value in one.record.values.items()} for one in runs])


def values(runs: Sequence[Compared]) -> list[Row]:
    """The last value of each metric that is a single value."""
    tables = [_last_values(one) for one in runs]
    names = list(dict.fromkeys(name for table in tables for name in table))
    return [_numbers(name, [table.get(name) for table in tables]) for name in names]


def _last_values(one: Compared) -> dict[str, object]:
    return {
        f"{step} · {metric.name}" if step else metric.name: metric.value
        for step, logged in one.metrics.items()
        for metric in logged
        if metric.kind == "scalar"
    }


def steps(runs: Sequence[Compared]) -> list[Row]:
    """How long each step took, or that it was reused."""
    tables = [{step.name: step for step in one.record.steps} for one in runs]
    names = list(dict.fromkeys(name for table in tables for name in table))
    rows = []
    for name in names:
        found = [table.get(name) for table in tables]
        seconds = [_seconds(step) if step else None for step in found]
        marks = _numbers(name, seconds)
        rows.append(replace(marks, values=tuple(_step_words(step) if step else "" for step in found)))
    return rows


def causes(service: Service, runs: Sequence[Compared]) -> list[Row]:
    """What counts for reuse and differs, by step: code, environment, versions of data."""
    decisions = [
        {step.name: service.get_decision(step.workspace, step.id) for step in one.record.steps}
        for one in runs
    ]
    rows: list[Row] = []
    for name in dict.fromkeys(name for known in decisions for name in known):
        found = [known.get(name) for known in decisions]
        if None in found:
            rows.append(Row(name, tuple("not decided" if one is None else "decided" for one in found)))
            continue
        keys = {key for one in found if one for key in one.components}
        differing = [key for key in keys if len({dumps(one.components.get(key)) for one in found if one}) > 1]
        told = [components_text(one) for one in found if one]
        rows += [
            Row(f"{name} · {key}", tuple(text.get(key, "") for text in told))
            for key in _readable(differing, told)
        ]
    return rows


def _readable(differing: Sequence[str], told: Sequence[Mapping[str, str]]) -> list[str]:
    """The names of the components in their order; environment variables are told one by one."""
    names = dict.fromkeys(name for text in told for name in text)
    return [
        name
        for name in names
        if name in differing
        or ("environment variables" in differing and name.startswith("environment variable "))
    ]


def curves(runs: Sequence[Compared], names: Sequence[str]) -> list[Chart]:
    """The curves of all runs, those of one name in one chart."""
    found: dict[str, list[tuple[str, list[Point]]]] = {}
    across: dict[str, str] = {}
    for one, run_name in zip(runs, names, strict=True):
        for step, logged in one.metrics.items():
            for metric, points in metrics.series(logged).items():
                title = f"{step} · {metric}" if step else metric
                found.setdefault(title, []).append((run_name, points))
                across[title] = metrics.across(one for one in logged if one.name == metric)
    drawn = (
        charts.lines(title, across[title], series) for title, series in list(found.items())[:_MOST_CHARTS]
    )
    return [chart for chart in drawn if chart is not None]


def without_same(rows: Iterable[Row]) -> list[Row]:
    """Only the rows in which runs differ."""
    return [row for row in rows if not row.is_same]


def _table(tables: Sequence[Mapping[str, str]], prefix: str = "") -> list[Row]:
    names = list(dict.fromkeys(name for table in tables for name in table))
    return [Row(f"{prefix}{name}", tuple(table.get(name, "") for table in tables)) for name in names]


def _numbers(name: str, found: Sequence[object]) -> Row:
    shown = tuple(
        "" if v is None else words.number(v) if isinstance(v, (int, float)) else str(v) for v in found
    )
    numbers = [
        (value, place)
        for place, value in enumerate(found)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - not NaN
    ]
    if len({number for number, _ in numbers}) < 2:  # noqa: PLR2004
        return Row(name, shown)
    return Row(name, shown, min(numbers)[1], max(numbers)[1])


def _seconds(step: Run) -> float | None:
    if step.started_at is None or step.ended_at is None or step.reused_run_id:
        return None
    return (step.ended_at - step.started_at).total_seconds()


def _step_words(step: Run) -> str:
    seconds = _seconds(step)
    if step.reused_run_id:
        return "reused"
    took = f", {words.duration(seconds)}" if seconds is not None else ""
    return f"{words.status_word(step.status)}{took}"
