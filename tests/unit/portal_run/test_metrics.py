from __future__ import annotations

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.portal_run.sample import at

from lazulite.model.run import Metric
from lazulite.server.portal.run import charts
from lazulite.server.portal.run.metrics import Matrix, Picture, Table, shown

ADDRESS = "aml://artifactId/ExperimentRun/dcid.run-1/"


def metric(name: str, kind: str, value: object, step: int | None = None) -> Metric:
    return Metric(name, kind, value, at(0), step)


def text_of_nothing(name: str) -> str:
    raise AssertionError(name)


def test_one_value_is_a_value_and_several_are_a_curve() -> None:
    found = shown(
        [
            metric("acc", "scalar", 0.5),
            *(metric("loss", "scalar", 1 / n, n * 10) for n in (1, 2, 3)),
            metric("best", "scalar", "forest"),
        ],
        text_of_nothing,
    )
    assert found.values == (("acc", 0.5), ("best", "forest"))
    (chart,) = found.charts
    assert (chart.title, chart.across) == ("loss", "step")
    assert [x for x, _ in chart.curves[0].values] == [10, 20, 30]
    assert chart.words == "loss over step: loss ends at 0.333333"


def test_the_order_of_logging_has_whole_marks_only() -> None:
    (chart,) = shown([metric("loss", "scalar", value) for value in (3.0, 2.0, 1.0)], text_of_nothing).charts
    assert chart.across == "order of logging"
    assert [tick.text for tick in chart.ticks_x] == ["0", "1", "2"]


def test_rows_and_tables() -> None:
    found = shown(
        [
            metric("r", "row", {"x": 1, "y": 2.0}),
            metric("r", "row", {"x": 2, "y": 4.0, "note": "<b>"}),
            metric("t", "table", {"k": [1, 2, 3], "acc": [0.1, 0.2, 0.3], "name": ["a", "b", "c"]}),
        ],
        text_of_nothing,
    )
    assert found.tables[0] == Table("r", ("x", "y", "note"), ((1, 2.0, None), (2, 4.0, "<b>")), 2)
    assert found.tables[1].columns == ("k", "acc", "name")
    assert [(chart.title, chart.across, len(chart.curves)) for chart in found.charts] == [("t", "k", 1)]


def test_a_table_whose_first_numbers_do_not_rise_is_no_curve() -> None:
    found = shown(
        [metric("t", "table", {"accuracy": [0.9, 0.8, 0.85], "seconds": [1, 2, 3]})], text_of_nothing
    )
    assert found.charts == ()
    assert found.tables[0].total == 3


def test_texts_that_were_logged_several_times_are_a_table() -> None:
    found = shown([metric("phase", "scalar", "warm"), metric("phase", "scalar", "hot")], text_of_nothing)
    assert found.tables == (Table("phase", ("value",), (("warm",), ("hot",)), 2),)


def test_v1s_charts_are_read_from_their_files() -> None:
    files = {
        "cm.json": {"class_labels": ["no", "yes"], "matrix": [[8, 2], [0, 0]]},
        "res.json": {"bin_edges": [0, 1, 2], "bin_counts": [4, 6]},
        "pred.json": {"bin_edges": [0, 1, 2], "bin_averages": [0.4, 1.6], "bin_errors": [0.1, 0.1]},
        "acc.json": {
            "probability_tables": [[[5, 5, 0, 0], [4, 1, 4, 1], [0, 0, 5, 5]]],
            "class_labels": ["yes"],
        },
    }
    kinds = {
        "cm.json": "confusion_matrix",
        "res.json": "residuals",
        "pred.json": "predictions",
        "acc.json": "accuracy_table",
    }
    found = shown(
        [
            *(metric(name, kind, ADDRESS + name) for name, kind in kinds.items()),
            metric("plot", "image", ADDRESS + "plot.png"),
        ],
        lambda name: json.dumps({"data": files[name]}),
    )
    assert found.matrices == (Matrix("cm.json", ("no", "yes"), ((8.0, 2.0), (0.0, 0.0)), ((9, 2), (0, 0))),)
    assert [chart.title for chart in found.charts] == ["res.json", "pred.json", "acc.json: ROC"]
    assert found.charts[0].bars[1][3] > found.charts[0].bars[0][3]
    assert found.pictures == (Picture("plot", "plot.png"),)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"data": {"matrix": 3}}', '{"data": {"matrix": [["x"]]}}', "null"]
)
def test_a_chart_that_is_none_is_shown_as_its_file(text: str) -> None:
    found = shown([metric("cm", "confusion_matrix", ADDRESS + "cm.json")], lambda _: text)
    assert found.values == (("cm", "confusion_matrix in cm.json"),)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=30))
def test_any_numbers_can_be_drawn_inside_the_picture(points: list[tuple[float, float]]) -> None:
    chart = charts.lines("m", "x", [("m", points)])
    finite = [p for p in points if math.isfinite(p[0]) and math.isfinite(p[1])]
    assert (chart is None) == (not finite)
    for curve in chart.curves if chart else ():
        for pair in curve.points.split():
            x, y = map(float, pair.split(","))
            assert charts.LEFT - 0.1 <= x <= charts.RIGHT + 0.1
            assert charts.TOP - 0.1 <= y <= charts.BOTTOM + 0.1


def test_a_long_curve_keeps_its_peak() -> None:
    points = [(float(n), 1.0) for n in range(100_000)]
    points[77_777] = (77_777.0, 50.0)
    chart = charts.lines("m", "x", [("m", points)])
    assert chart is not None
    drawn = [float(pair.split(",")[1]) for pair in chart.curves[0].points.split()]
    assert len(drawn) < 600
    assert min(drawn) < 30


def test_ticks_are_round() -> None:
    chart = charts.lines("m", "x", [("m", [(0, 0.61), (37, 0.98)])])
    assert chart is not None
    assert [tick.text for tick in chart.ticks_x] == ["0", "10", "20", "30"]
    assert [tick.text for tick in chart.ticks_y] == ["0.6", "0.7", "0.8", "0.9"]
