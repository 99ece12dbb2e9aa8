"""What the OpenAPI document says about becoming known to a server with users: tokens, and the log of changes."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_FAILURE: Schema = {
    "default": {
        "description": "What is wrong.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
}
_TOKEN: Schema = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "label": _TEXT,
        "created_at": _TIME,
        "expires_at": _TIME,
        "last_used_at": _TIME,
        "token": {
            "type": "string",
            "description": "The token itself: in the answer that makes it, and nowhere else.",
        },
    },
}
_WANTED: Schema = {
    "type": "object",
    "properties": {
        "label": _TEXT,
        "days": {"type": ["number", "null"], "description": "When it ends; null: never."},
    },
    "required": ["label"],
    "additionalProperties": False,
}
_GRANT: Schema = {
    "type": "object",
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials", "password"]},
        "client_id": _TEXT,
        "client_secret": _TEXT,
        "username": _TEXT,
        "password": _TEXT,
    },
    "required": ["grant_type"],
}
_GIVEN: Schema = {
    "type": "object",
    "properties": {"access_token": _TEXT, "token_type": _TEXT, "expires_in": {"type": "number"}},
    "required": ["access_token", "token_type", "expires_in"],
}
_ENTRIES: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/AuditEntry"}}


def _described(
    name: str, summary: str, status: str = "200", answer: Schema | None = None, **more: Any
) -> Schema:
    content = {} if answer is None else {"content": {"application/json": {"schema": answer}}}
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["auth"],
        "responses": {status: {"description": "Done.", **content}, **_FAILURE},
        **more,
    }


def _query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema}


#: By path and method.
AUTH: dict[str, dict[str, Schema]] = {
    "/auth/token": {
        "post": {
            **_described(
                "exchange_secret",
                "Give a password or a secret for a token that soon ends (OAuth 2).",
                answer=_GIVEN,
            ),
            "security": [],
            "requestBody": {
                "required": True,
                "content": {"application/x-www-form-urlencoded": {"schema": _GRANT}},
            },
            "responses": {
                "200": {"description": "Done.", "content": {"application/json": {"schema": _GIVEN}}},
                "default": {"description": "What is wrong, in OAuth's words."},
            },
        }
    },
    "/auth/me": {
        "get": _described("who_am_i", "Who calls, and with which roles.", answer={"type": "object"})
    },
    "/auth/tokens": {
        "get": _described(
            "list_tokens", "The caller's personal tokens.", answer={"type": "array", "items": _TOKEN}
        ),
        "post": _described(
            "create_token",
            "Make a personal token.",
            "201",
            _TOKEN,
            requestBody={"required": True, "content": {"application/json": {"schema": _WANTED}}},
        ),
    },
    "/auth/tokens/{token}": {
        "delete": _described(
            "revoke_token",
            "End a personal token.",
            "204",
            parameters=[{"name": "token", "in": "path", "required": True, "schema": _TEXT}],
        )
    },
    "/api/v1/audit": {
        "get": _described(
            "list_changes",
            "The log of changes, newest first; of one workspace with `workspace`.",
            answer=_ENTRIES,
            parameters=[
                _query("workspace", _TEXT),
                _query("principal", _TEXT),
                _query("before", {"type": "integer", "minimum": 0}),
                _query("limit", {"type": "integer", "minimum": 1}),
            ],
        )
    },
}
