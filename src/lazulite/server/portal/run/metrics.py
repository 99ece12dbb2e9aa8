"""The metrics of a run as what is shown of them: single values, charts, tables, matrices, images."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lazulite.model.run import Metric
from lazulite.server.portal.run import charts
from lazulite.server.portal.run.charts import Chart, Point

#: v1's address of a run's file, the value of image and chart metrics.
_ADDRESS = "aml://artifactId/ExperimentRun/dcid."
#: So many rows of a table are shown.
MOST_ROWS = 200
#: From so many rows on, a table's numbers are also drawn.
_DRAWN = 3
#: The JSON text of a file of this run, "" if there is none.
FileText = Callable[[str], str]


@dataclass(frozen=True)
class Table:
    """Named columns and rows of values."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


@dataclass(frozen=True)
class Matrix:
    """A confusion matrix; `heat` is how strong each cell is, from 0 to 9, within its row."""

    title: str
    labels: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    heat: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A logged image: its metric's name and the file."""

    title: str
    file: str


@dataclass(frozen=True)
class Shown:
    """Everything that a run logged."""

    values: tuple[tuple[str, Any], ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    pictures: tuple[Picture, ...] = ()


def shown(metrics: Sequence[Metric], text_of: FileText) -> Shown:
    """Return what is shown of a run's metrics, in the order in which their names first came."""
    by_name: dict[str, list[Metric]] = defaultdict(list)
    for metric in metrics:
        by_name[metric.name].append(metric)
    parts = _Parts(text_of)
    for name, records in by_name.items():
        parts.add(name, records)
    return Shown(
        tuple(parts.values),
        tuple(parts.charts),
        tuple(parts.tables),
        tuple(parts.matrices),
        tuple(parts.pictures),
    )


def series(metrics: Sequence[Metric]) -> dict[str, list[Point]]:
    """Return the curves of a run by name: scalars that were logged several times, and lists of numbers."""
    found: dict[str, list[Point]] = defaultdict(list)
    for metric in metrics:
        points = found[metric.name]
        if metric.kind == "scalar" and _is_number(metric.value):
            points.append((float(len(points) if metric.step is None else metric.step), float(metric.value)))  # type: ignore[arg-type]
        elif metric.kind == "list" and isinstance(metric.value, list) and all(map(_is_number, metric.value)):
            points += [(float(len(points) + n), float(value)) for n, value in enumerate(metric.value)]
    return {name: points for name, points in found.items() if len(points) > 1}


def across(metrics: Iterable[Metric]) -> str:
    """What a curve of these runs over: the steps that were logged with the values, else their order."""
    return "step" if any(metric.step is not None for metric in metrics) else "order of logging"


def file_of(address: object) -> str | None:
    """Return the name of the run's file that an image's or chart's value is the address of."""
    if not isinstance(address, str) or not address.startswith(_ADDRESS):
        return None
    return address[len(_ADDRESS) :].partition("/")[2] or None


class _Parts:
    def __init__(self, text_of: FileText) -> None:
        self.values: list[tuple[str, Any]] = []
        self.charts: list[Chart] = []
        self.tables: list[Table] = []
        self.matrices: list[Matrix] = []
        self.pictures: list[Picture] = []
        self._text_of = text_of

    def add(self, name: str, records: Sequence[Metric]) -> None:
        kind = records[0].kind
        if kind in ("scalar", "list"):
            self._add_values(name, records)
        elif kind == "row":
            self._add_rows(name, [record.value for record in records])
        elif kind == "table":
            for record in records:
                self._add_table(name, record.value)
        else:
            for record in records:
                self._add_file(name, record)

    def _add_values(self, name: str, records: Sequence[Metric]) -> None:
        points = series(records).get(name)
        if points:
            self._draw(charts.lines(name, across(records), [(name, points)]))
        elif len(records) == 1 and records[0].kind == "scalar":
            self.values.append((name, records[0].value))
        else:
            values = [v for r in records for v in (r.value if isinstance(r.value, list) else [r.value])]
            self._table(name, ("value",), [(value,) for value in values])

    def _add_rows(self, name: str, rows: Sequence[object]) -> None:
        known = [row for row in rows if isinstance(row, Mapping)]
        columns = tuple(dict.fromkeys(str(column) for row in known for column in row))
        self._table(name, columns, [tuple(row.get(column) for column in columns) for row in known])

    def _add_table(self, name: str, value: object) -> None:
        if not isinstance(value, Mapping):
            return
        columns = {str(key): cells if isinstance(cells, list) else [cells] for key, cells in value.items()}
        self._table(name, tuple(columns), list(zip(*columns.values(), strict=False)))

    def _table(self, name: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
        self.tables.append(Table(name, columns, tuple(rows[:MOST_ROWS]), len(rows)))
        numeric = [
            n for n, _ in enumerate(columns) if len(rows) >= _DRAWN and all(_is_number(r[n]) for r in rows)
        ]
        if len(numeric) >= 2 and _rises([row[numeric[0]] for row in rows]):  # noqa: PLR2004
            across, *others = numeric
            drawn = [(columns[n], [(float(row[across]), float(row[n])) for row in rows]) for n in others[:8]]
            self._draw(charts.lines(name, columns[across], drawn))

    def _add_file(self, name: str, record: Metric) -> None:
        file = file_of(record.value)
        if file is None:
            self.values.append((name, record.value))
        elif record.kind == "image":
            self.pictures.append(Picture(name, file))
        else:
            try:
                data = json.loads(self._text_of(file))["data"]
                getattr(self, f"_add_{record.kind}")(name, data)
            except (ValueError, TypeError, KeyError, AttributeError, IndexError):
                self.values.append((name, f"{record.kind} in {file}"))

    # --- v1's charts; what does not have their shape raises, and is shown as the file it is ---

    def _add_confusion_matrix(self, name: str, data: Mapping[str, Any]) -> None:
        rows = tuple(tuple(float(cell) for cell in row) for row in data["matrix"])
        heat = tuple(tuple(round(9 * cell / (max(map(abs, row)) or 1)) for cell in row) for row in rows)
        heat = tuple(tuple(min(9, max(0, cell)) for cell in row) for row in heat)
        labels = tuple(str(label) for label in data.get("class_labels") or range(len(rows)))
        self.matrices.append(Matrix(name, labels, rows, heat))

    def _add_residuals(self, name: str, data: Mapping[str, Any]) -> None:
        edges, counts = list(map(float, data["bin_edges"])), list(map(float, data["bin_counts"]))
        self._draw(charts.bars(name, "residual", edges[: len(counts) + 1], counts))

    def _add_predictions(self, name: str, data: Mapping[str, Any]) -> None:
        averages = list(map(float, data["bin_averages"]))
        edges = list(map(float, data.get("bin_edges") or range(len(averages) + 1)))
        middles = [(a + b) / 2 for a, b in pairwise(edges)]
        drawn = [("average prediction", list(zip(middles, averages, strict=False)))]
        drawn.append(("ideal", [(middle, middle) for middle in middles]))
        self._draw(charts.lines(name, "true value", drawn))

    def _add_accuracy_table(self, name: str, data: Mapping[str, Any]) -> None:
        labels = [str(label) for label in data.get("class_labels") or range(len(data["probability_tables"]))]
        curves = []
        for label, table in zip(labels, data["probability_tables"], strict=False):
            rates = [(fp / ((fp + tn) or 1), tp / ((tp + fn) or 1)) for tp, fp, tn, fn in table]
            curves.append((label, sorted(rates)))
        self._draw(charts.lines(f"{name}: ROC", "false positive rate", curves))

    def _draw(self, chart: Chart | None) -> None:
        if chart is not None:
            self.charts.append(chart)


def _rises(values: Sequence[float]) -> bool:
    """Whether a column can be an axis: only then its rows are points of a curve."""
    return all(before < after for before, after in pairwise(values))


def _is_number(value: object) -> bool:
    """Whether it can be drawn: a whole number may be larger than any float."""
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) <= sys.float_info.max
    return isinstance(value, float)
