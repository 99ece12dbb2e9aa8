"""JSON that enters is held to its type, and what is wrong is said with its place."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from lazulite.model.assets import Workspace
from lazulite.model.codec import to_data
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import InputArgument, Literal, Parameter, Plan, RunScript, Step
from lazulite.model.run import Metric, Submission
from lazulite.model.values import DataPathValue
from lazulite.server.bodies import parsed
from lazulite.server.shape import decoded


def submission() -> Submission:
    step = Step(
        "0000aaaa", "a", "PythonScriptStep", RunScript("a.py"), "local", (Literal("x"), InputArgument("i"))
    )
    return Submission(
        "e", Plan((step,), (Parameter("p", 1.5),)), {"p": 2.5, "d": DataPathValue("s", "x"), "n": None}
    )


def test_what_the_codec_writes_is_read() -> None:
    assert decoded(Submission, to_data(submission())) == submission()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"experimnt": "e"}, r"body has an unknown name 'experimnt'. Did you mean 'experiment'\?"),
        ({"experiment": 3}, "body.experiment is 3. Expected text"),
        ({"tags": {"a": 1}}, "body.tags.a is 1. Expected text"),
        ({"tags": []}, r"body.tags is \[\]. Expected an object"),
        ({"regenerate_outputs": 1}, "Expected true or false"),
        (
            {"parameters": {"p": [1]}},
            r"body.parameters.p is \[1\]. Expected an object with kind 'datapath' or true",
        ),
        ({"parameters": {"p": 1 << 70}}, "body.parameters.p"),
        ({"parameters": {"p": float("nan")}}, "body.parameters.p"),
        ({"parameters": {"p": {"kind": "datapath", "datastore": "s"}}}, "body.parameters.p lacks 'path'"),
        ({"plan": None}, "body.plan is None. Expected an object"),
        ({"plan": {"steps": [{}]}}, r"body.plan.steps\[0\] lacks 'node'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        decoded(Submission, {**to_data(submission()), **change})


def test_a_missing_name_is_said() -> None:
    with pytest.raises(InvalidRequest, match="workspace lacks 'id'"):
        decoded(Workspace, {"name": "demo"}, "workspace")


def test_javascript_s_times_are_read() -> None:
    data = {"name": "m", "kind": "scalar", "value": 1, "at": "2026-01-31T12:00:00.500Z"}
    assert decoded(Metric, data).at == datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=timezone.utc)
    with pytest.raises(InvalidRequest, match=r"body\.at is"):
        decoded(Metric, {**data, "at": "2026-01-31T12:00:00"})


def test_a_metric_may_hold_any_value() -> None:
    data = {"name": "m", "kind": "list", "value": [1, {"a": None}], "at": "2026-01-01T00:00:00+00:00"}
    assert decoded(Metric, data).value == [1, {"a": None}]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[" * 100_000, b"[" * 70 + b"]" * 70, b'"\\u0000"', b'{"\\ud800": 1}', b"\xff", b"1" * 5000],
    ids=["empty", "open", "very deep", "deep", "nul", "half", "no text", "long number"],
)
def test_text_that_is_no_json_of_ours_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parsed(text)


def test_text_with_escapes_is_read() -> None:
    assert parsed(b'{"a": ["\\u00e9", "\\ud83d\\ude00"]}') == {"a": ["é", "😀"]}
