from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

from tests.unit.portal_run.sample import at, pipeline_run, step, step_run

from lazulite.api.service import Service
from lazulite.model.plan import Parameter, Plan
from lazulite.model.run import Metric, RunStatus, Submission
from lazulite.server.portal.run import comparison
from lazulite.server.portal.run.comparison import Compared, Row
from lazulite.server.portal.run.record import RunRecord


def run(rate: float, took: float, metrics: Sequence[Metric], *, reused: bool = False) -> Compared:
    record = RunRecord(
        cast("Service", None),
        pipeline_run(status=RunStatus.COMPLETED, ended_at=at(took), tags={"rate": str(rate)}),
        Submission("e", Plan((step("a"),), (Parameter("rate", 0.1), Parameter("rows", 5))), {"rate": rate}),
        (step_run("a", None if reused else 0, took, reused_run_id="x" if reused else None),),
    )
    return Compared(record, {"a": metrics})


def curve(*values: float) -> list[Metric]:
    return [Metric("loss", "scalar", value, at(0)) for value in values]


RUNS = [run(0.1, 2, curve(3, 2)), run(0.2, 4, curve(3, 1)), run(0.2, 4, curve(3, math.nan), reused=True)]


def test_parameters_and_tags() -> None:
    assert comparison.parameters(RUNS) == [Row("rate", ("0.1", "0.2", "0.2")), Row("rows", ("5", "5", "5"))]
    assert [row.name for row in comparison.without_same(comparison.parameters(RUNS))] == ["rate"]
    assert Row("tag rate", ("0.1", "0.2", "0.2")) in comparison.facts(RUNS)


def test_the_last_values_with_their_extremes() -> None:
    assert comparison.values(RUNS) == [Row("a · loss", ("2", "1", "nan"), low=1, high=0)]
    assert comparison.values(RUNS[:1]) == [Row("a · loss", ("2",))]


def test_steps_by_time_or_reuse() -> None:
    assert comparison.steps(RUNS) == [
        Row("a", ("Completed, 2.0 s", "Completed, 4.0 s", "reused"), low=0, high=1)
    ]


def test_curves_of_one_name_share_a_chart() -> None:
    (chart,) = comparison.curves(RUNS, ["one", "two", "three"])
    assert (chart.title, chart.across) == ("a · loss", "order of logging")
    assert [one.name for one in chart.curves] == ["one", "two", "three"]
