"""The OpenAPI 3.1 document, made from the operations table, the type hints of `Service`, and v1's routes."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any, BinaryIO, cast

from starlette.requests import Request
from starlette.responses import Response

from lazulite import __version__
from lazulite.api.operations import OPERATIONS, PREFIX, Operation, Taken
from lazulite.api.query import plain_kind
from lazulite.model.access import AuditEntry
from lazulite.model.codec import to_data
from lazulite.server.openapi_auth import AUTH
from lazulite.server.openapi_others import OTHERS, error_schemas
from lazulite.server.schemas import Schema, Schemas
from lazulite.server.v1.openapi import v1_paths

_ABOUT = (
    "Everything the system can do. JSON is that of the dataclasses in lazulite.model. Names that are not known, in a query "
    "or in a body, are refused. Errors are {error: {code, message, details}}; the codes are stable. Below /pipelines/v1.0 and "
    "/api/v1.0 stand the routes of Azure ML's first SDK, with its JSON."
)


async def answer(_request: Request) -> Response:
    """The route `openapi.json`."""
    return Response(_text(), media_type="application/json")


@cache
def _text() -> str:
    return json.dumps(document())


def document() -> dict[str, Any]:
    """The document."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _operation(
            operation, schemas
        )
    schemas.of(AuditEntry)
    for path, methods in {**OTHERS, **AUTH}.items():
        paths.setdefault(path, {}).update(methods)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lazulite", "version": __version__, "description": _ABOUT},
        "security": [{"token": []}],
        "paths": {**paths, **v1_paths()},
        "components": {
            "schemas": {**schemas.named, **error_schemas()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of get_authentication_header().",
                }
            },
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> Schema:
    words = operation.words
    described: Schema = {
        "operationId": operation.name,
        "summary": words.partition(".")[0].replace("\n", " ").replace("`", ""),
        "description": words,
        "tags": [_group(operation)],
        "parameters": [one for taken in operation.takes for one in _parameters(taken, schemas)],
        "responses": {**_success(operation, schemas), "default": _failure()},
    }
    if operation.role is not None:
        described["x-role"] = operation.role.value
    for taken in operation.takes:
        if taken.place in ("body", "stream"):
            kind = "application/json" if taken.place == "body" else "application/octet-stream"
            described["requestBody"] = {
                "required": taken.is_required,
                "content": {kind: {"schema": schemas.of(taken.kind)}},
            }
    return described


def _group(operation: Operation) -> str:
    parts = [part for part in operation.path.split("/") if part and "{" not in part]
    return parts[1] if parts[0] == "workspaces" and len(parts) > 1 else parts[0]


def _parameters(taken: Taken, schemas: Schemas) -> Iterable[Schema]:
    if taken.place == "path":
        yield {"name": taken.name, "in": "path", "required": True, "schema": _path_schema(taken, schemas)}
    elif taken.place == "query":
        kind = plain_kind(taken.kind)
        if not dataclasses.is_dataclass(kind):
            yield _query(taken.name, kind, schemas, taken)
            return
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(cast("Any", kind)):
            yield _query(field.name, plain_kind(hints[field.name]), schemas, None)


def _path_schema(taken: Taken, schemas: Schemas) -> Schema:
    schema = schemas.of(taken.kind)
    return {**schema, "minLength": 1} if schema.get("type") == "string" else schema


def _query(name: str, kind: Any, schemas: Schemas, taken: Taken | None) -> Schema:
    schema = schemas.of(kind)
    described: Schema = {"name": name, "in": "query", "required": bool(taken and taken.is_required)}
    if "additionalProperties" in schema:  # a mapping
        schema = {"type": "array", "items": {"type": "string"}}
        described["description"] = (
            f"{name}.KEY=VALUE: it has that key with this value. Where a value may be absent, {name}=KEY: it has that key."
        )
    if taken and not taken.is_required and taken.default is not None:
        schema = {**schema, "default": to_data(taken.default)}
    return {**described, "schema": schema}


def _success(operation: Operation, schemas: Schemas) -> Schema:
    if operation.gives is None:
        return {"204": {"description": "Done."}}
    kind = "application/octet-stream" if operation.gives is BinaryIO else "application/json"
    schema = schemas.of(operation.gives)
    return {"200": {"description": "Done.", "content": {kind: {"schema": schema}}}}


def _failure() -> Schema:
    return {
        "description": "What is wrong, with the status that its code stands for.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
