"""What the OpenAPI document says about routes that are no rows of the operations table, and about errors."""

from __future__ import annotations

from typing import Any

from lazulite.api.operations import PREFIX
from lazulite.model import errors
from lazulite.server.errors import status_of

Schema = dict[str, Any]
_RUN = PREFIX + "/workspaces/{workspace}/runs/{run_id}"


def error_schemas() -> dict[str, Schema]:
    """The shapes of an error, with all codes that there are."""
    codes = "; ".join(f"{code} ({status})" for code, status in sorted(_codes().items()))
    text: Schema = {"type": "string"}
    return {
        "Error": {
            "type": "object",
            "description": f"What is wrong. Codes and their statuses: {codes}.",
            "properties": {
                "error": {
                    "type": "object",
                    "properties": {"code": text, "message": text, "details": {"type": "object"}},
                    "required": ["code", "message", "details"],
                }
            },
            "required": ["error"],
        },
        "V1Error": {
            "type": "object",
            "description": "What is wrong, as v1's service said it.",
            "properties": {
                "Error": {
                    "type": "object",
                    "properties": {"Code": text, "Message": text, "Target": text},
                    "required": ["Code", "Message"],
                },
                "Correlation": {"type": "object"},
            },
            "required": ["Error"],
        },
    }


def _codes() -> dict[str, int]:
    found: dict[str, int] = {}
    kinds: list[type[errors.LazuliteError]] = [errors.LazuliteError]
    for kind in kinds:  # which grows meanwhile
        found[kind.code] = status_of(kind)
        kinds += kind.__subclasses__()
    return found


def _answer(kind: str, what: str, schema: Schema | None = None) -> Schema:
    return {"200": {"description": what, "content": {kind: {"schema": schema or {}}}}}


def _path(*names: str) -> list[Schema]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(name: str, schema: Schema, words: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": (1 << 53) - 1}
_FAILURE: Schema = {
    "default": {
        "description": "What is wrong.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
}
_LOG = _query(
    "name", _TEXT, "The log, such as azureml-logs/70_driver_log.txt (what the script printed), the default."
)
_OBJECT: Schema = {"type": "object"}
_FILES: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/FileInfo"}}

#: By path and method.
OTHERS: dict[str, dict[str, Schema]] = {
    _RUN + "/events/stream": {
        "get": {
            "operationId": "stream_events",
            "summary": "The events of a run as they happen, as server-sent events; it ends after the run.",
            "tags": ["runs"],
            "parameters": [
                *_path("workspace", "run_id"),
                _query("after", _NUMBER, "Where to begin; the header Last-Event-ID counts before it."),
            ],
            "responses": {**_answer("text/event-stream", "Events."), **_FAILURE},
        }
    },
    _RUN + "/logs": {
        "get": {
            "operationId": "list_logs",
            "summary": "The log files of a run.",
            "tags": ["runs"],
            "parameters": _path("workspace", "run_id"),
            "responses": {**_answer("application/json", "Files.", _FILES), **_FAILURE},
        }
    },
    _RUN + "/logs/text": {
        "get": {
            "operationId": "get_log",
            "summary": "The text of one log.",
            "tags": ["runs"],
            "parameters": [*_path("workspace", "run_id"), _LOG],
            "responses": {**_answer("text/plain", "The log."), **_FAILURE},
        }
    },
    _RUN + "/logs/stream": {
        "get": {
            "operationId": "stream_log",
            "summary": "A log and what is added to it, as server-sent events; it ends after the run.",
            "tags": ["runs"],
            "parameters": [
                *_path("workspace", "run_id"),
                _LOG,
                _query("offset", _NUMBER, "The byte to begin at; the header Last-Event-ID counts before it."),
            ],
            "responses": {**_answer("text/event-stream", "Pieces of text."), **_FAILURE},
        }
    },
    "/health": {
        "get": {
            "operationId": "health",
            "summary": "Whether the server lives. No token is needed.",
            "tags": ["server"],
            "security": [],
            "responses": _answer("application/json", "It does.", _OBJECT),
        }
    },
    "/ready": {
        "get": {
            "operationId": "ready",
            "summary": "Whether the server can work: its records can be read.",
            "tags": ["server"],
            "responses": {
                **_answer("application/json", "It can.", _OBJECT),
                "503": {"description": "It cannot.", "content": {"application/json": {"schema": _OBJECT}}},
                **_FAILURE,
            },
        }
    },
    "/metrics": {
        "get": {
            "operationId": "metrics",
            "summary": "Numbers for Prometheus.",
            "tags": ["server"],
            "responses": {**_answer("text/plain", "Metrics."), **_FAILURE},
        }
    },
}
