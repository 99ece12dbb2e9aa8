"""The OpenAPI document says what the server does."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from lazulite.api.operations import OPERATIONS, PREFIX
from lazulite.model.codec import to_data
from lazulite.model.plan import DataSource, Input, Literal, Parameter, Plan, RunScript, Step
from lazulite.model.run import Submission
from lazulite.model.values import DataPathValue
from lazulite.server.openapi import document
from lazulite.server.v1.prefixes import PREFIXES, SCOPE
from lazulite.server.v1.routes import ROUTES

DOCUMENT = document()


def references(data: Any) -> set[str]:
    if isinstance(data, dict):
        own = {data["$ref"]} if "$ref" in data else set()
        return own.union(*(references(item) for item in data.values()))
    return set().union(*(references(item) for item in data)) if isinstance(data, list) else set()


def test_every_operation_and_every_route_of_v1_is_described() -> None:
    for operation in OPERATIONS:
        described = DOCUMENT["paths"][PREFIX + operation.path][operation.method.lower()]
        assert described["operationId"] == operation.name
        assert described["summary"], operation.name
    for route in ROUTES:
        assert DOCUMENT["paths"][PREFIXES[0] + SCOPE + route.path][route.methods[0].lower()]["summary"], (
            route.path
        )


def test_names_of_operations_are_unique_and_references_lead_somewhere() -> None:
    names = [one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert references(DOCUMENT) <= known
    json.dumps(DOCUMENT)


def test_a_query_is_spread_and_a_body_is_named() -> None:
    listing = DOCUMENT["paths"][f"{PREFIX}/workspaces/{{workspace}}/runs"]
    names = {one["name"] for one in listing["get"]["parameters"]}
    assert {"workspace", "experiment", "statuses", "tags", "limit"} <= names
    body = listing["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Submission"}


@pytest.fixture
def validator() -> Any:
    schema = {"$ref": "#/components/schemas/Submission", "components": DOCUMENT["components"]}
    return jsonschema_rs.validator_for(schema)


def test_what_the_codec_writes_fits_its_schema(validator: Any) -> None:
    step = Step(
        "0000aaaa",
        "a",
        "PythonScriptStep",
        RunScript("a.py"),
        "local",
        (Literal("x"),),
        inputs=(Input("i", DataSource("s", "p")),),
    )
    plan = Plan((step,), (Parameter("p", 1.5), Parameter("d", DataPathValue("s", "p"))))
    data = to_data(Submission("e", plan, {"p": 2.5, "d": DataPathValue("s", "q"), "n": None}))
    assert list(validator.iter_errors(data)) == []
    data["plan"]["steps"][0]["action"]["kind"] = "unheard-of"
    data["unknown"] = 1
    assert len(list(validator.iter_errors(data))) >= 2
