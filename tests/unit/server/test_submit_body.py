"""What v1's clients send to start a pipeline is read as they meant it."""

from __future__ import annotations

from typing import Any

import pytest

from lazulite.model.errors import InvalidRequest
from lazulite.model.publishing import StartRequest
from lazulite.model.values import DataPathValue
from lazulite.server.v1.submit_body import read_submission


def test_everything_v1_knew_is_read() -> None:
    body = {
        "ExperimentName": "My_Pipeline",
        "ParameterAssignments": {"a": 20, "b": "20", "c": True, "d": None, "e": 0.5},
        "DataPathAssignments": {"p": {"DataStoreName": "store", "RelativePath": "a/b"}},
        "tags": {"by": "cron"},
        "Tags": {"n": 3},
        "StepTags": {"s": "t"},
        "Properties": {"p": "q"},
        "Description": "d",
        "DisplayName": "shown",
        "ContinueRunOnStepFailure": True,
        "RunSource": "SDK",
        "RunType": 1,
        "ScheduleId": "s1",
        "RegenerateOutputs": "true",
        "EnableNotification": False,
        "Surprise": 1,
    }
    found = read_submission(body, pipeline="p1")
    assert found.ignored == ("Surprise",)
    assert found.request == StartRequest(
        "My_Pipeline",
        pipeline="p1",
        parameters={"a": 20, "b": "20", "c": True, "d": None, "e": 0.5, "p": DataPathValue("store", "a/b")},
        tags={"by": "cron", "n": "3"},
        step_tags={"s": "t"},
        properties={"p": "q"},
        description="d",
        display_name="shown",
        continue_on_step_failure=True,
        regenerate_outputs=True,
        schedule_id="s1",
        run_source="SDK",
    )


def test_who_does_not_say_where_from_calls_over_http() -> None:
    assert read_submission({"ExperimentName": "e"}, endpoint="x", version=None).request.run_source == "API"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "no JSON object"),
        ({}, "lacks 'ExperimentName'"),
        ({"Experiment": "e"}, "lacks 'ExperimentName'"),
        ({"ExperimentName": 3}, "ExperimentName is 3. Expected text"),
        ({"ExperimentName": "e", "ParameterAssignments": [1]}, "ParameterAssignments is"),
        ({"ExperimentName": "e", "ParameterAssignments": {"a": [1]}}, r"ParameterAssignments.a is \[1\]"),
        ({"ExperimentName": "e", "DataPathAssignments": {"p": {"Path": "x"}}}, "DataPathAssignments.p is"),
        ({"ExperimentName": "e", "tags": {"a": {}}}, "tags.a is"),
        ({"ExperimentName": "e", "RegenerateOutputs": 1}, "RegenerateOutputs is 1. Expected true or false"),
        ({"ExperimentName": "e", "DataSetDefinitionValueAssignments": {"d": {}}}, "no dataset parameters"),
    ],
)
def test_what_cannot_be_used_is_named(body: Any, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        read_submission(body, pipeline="p1")
