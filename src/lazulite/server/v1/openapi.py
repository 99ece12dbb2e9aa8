"""v1's routes in the OpenAPI document."""

from __future__ import annotations

import inspect
import re
from typing import Any

from lazulite.server.v1.call import V1Route
from lazulite.server.v1.prefixes import PREFIXES, SCOPE
from lazulite.server.v1.routes import ROUTES

Schema = dict[str, Any]
_TEXTS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
_ASSIGNED: Schema = {
    "type": "object",
    "description": "Parameter name to value; text is converted to the parameter's type.",
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
_DATA_PATHS: Schema = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"DataStoreName": {"type": "string"}, "RelativePath": {"type": "string"}},
        "required": ["DataStoreName"],
    },
}
_SUBMIT: Schema = {
    "type": "object",
    "properties": {
        "ExperimentName": {"type": "string"},
        "ParameterAssignments": _ASSIGNED,
        "DataPathAssignments": _DATA_PATHS,
        "Description": {"type": "string"},
        "DisplayName": {"type": "string"},
        "RunSource": {"type": "string"},
        "tags": _TEXTS,
        "StepTags": _TEXTS,
        "Properties": _TEXTS,
        "ContinueRunOnStepFailure": {"type": "boolean"},
        "RegenerateOutputs": {"type": "boolean", "description": "Run every step, whatever was done before."},
        "ScheduleId": {"type": "string"},
    },
    "required": ["ExperimentName"],
}
_FAILURE: Schema = {
    "description": "What is wrong.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/V1Error"}}},
}


def v1_paths() -> dict[str, dict[str, Schema]]:
    """v1's routes below the later of its two prefixes, by path and method."""
    paths: dict[str, dict[str, Schema]] = {}
    for route in ROUTES:
        described = paths.setdefault(PREFIXES[0] + SCOPE + route.path, {})
        for method in route.methods:
            described[method.lower()] = _operation(route, method)
    return paths


def _operation(route: V1Route, method: str) -> Schema:
    words = inspect.cleandoc(route.answer.__doc__ or "")
    names = re.findall(r"{(\w+)}", SCOPE + route.path)
    described: Schema = {
        "operationId": "v1" + re.sub(r"\W+", "_", route.path) + "_" + method.lower(),
        "summary": words.replace("\n", " "),
        "tags": ["v1"],
        "x-role": route.role.value,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in names
        ],
        "responses": {"200": {"description": "Done."}, "default": _FAILURE},
    }
    if route.operation == "start_published":
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": _SUBMIT}}}
    elif method in ("POST", "PUT"):
        described["requestBody"] = {"required": False, "content": {"application/json": {"schema": {}}}}
    return described
