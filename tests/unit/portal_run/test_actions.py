from __future__ import annotations

from typing import Any, cast

import pytest
from tests.unit.portal_run.sample import pipeline_run, step, step_run

from lazulite.api.service import Service
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import Parameter, Plan
from lazulite.model.run import Rerun, Submission
from lazulite.model.values import DataPathValue
from lazulite.server.portal.run.actions import Field, fields, rerun_of
from lazulite.server.portal.run.record import RunRecord

PARAMETERS = (
    Parameter("rate", 0.1),
    Parameter("rows", 100),
    Parameter("deep", default=False),
    Parameter("title", None),
    Parameter("place", DataPathValue("store", "raw")),
)
RECORD = RunRecord(
    cast("Service", None),
    pipeline_run(),
    Submission("e", Plan((step("a"), step("b", "a")), PARAMETERS), {"rate": 0.4}),
    (step_run("a", 0, 1), step_run("b", 1, 2)),
)


def filled(**values: str) -> dict[str, list[str]]:
    return {name.replace("p_", "p."): [value] for name, value in values.items()}


def test_each_parameter_is_a_field_of_its_kind_with_its_present_value() -> None:
    assert fields(PARAMETERS, RECORD.values) == [
        Field("rate", "float", "0.4", "0.1"),
        Field("rows", "int", "100", "100"),
        Field("deep", "bool", "False", "False"),
        Field("title", "text", "", ""),
        Field("place", "path", "store/raw", "store/raw"),
    ]


def test_only_what_was_changed_is_said() -> None:
    form = filled(p_rate="0.4", p_rows="200", p_deep="False", p_title="", p_place="store/raw", p_unknown="x")
    assert rerun_of(form, RECORD) == Rerun(parameters={"rows": "200"})


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("", Rerun()),
        ("again", Rerun()),
        ("resume", Rerun(resume=True)),
        ("anew", Rerun(regenerate_outputs=True)),
        ("from", Rerun(from_node="b")),
    ],
)
def test_the_ways_to_run_again(mode: str, wanted: Rerun) -> None:
    assert rerun_of(filled(mode=mode, step="b-run"), RECORD) == wanted


@pytest.mark.parametrize(
    "form", [filled(mode="backwards"), filled(mode="from", step="nothing"), filled(mode="from")]
)
def test_a_way_that_is_none_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        rerun_of(form, RECORD)
