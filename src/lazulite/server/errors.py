"""What a request gets when something goes wrong: one table from errors to HTTP, and the three shapes of an answer.

Only this module knows HTTP's numbers. A program that calls our API gets `{"error": {code, message, details}}`, one that
calls a route of v1 what v1 sent, and a person in a browser a page.
"""

from __future__ import annotations

import html
import http
import json
import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lazulite.model import errors
from lazulite.model.ids import new_id
from lazulite.server import portal_pages
from lazulite.server.changes import OUTCOME
from lazulite.server.v1.prefixes import is_v1
from lazulite.storage.remote.failures import StoreUnusable

_log = logging.getLogger(__name__)

#: The nearest class above an error counts.
STATUS: Mapping[type[errors.LazuliteError], int] = {
    errors.InvalidRequest: 400,
    errors.TooLarge: 413,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.EnvironmentFailed: 422,
    errors.TooManyAttempts: 429,
    errors.ComputeUnavailable: 503,
    errors.ServiceUnavailable: 503,
    errors.StorageFull: 507,
    StoreUnusable: 502,
    errors.LazuliteError: 500,
}

#: Codes of what no error of ours says: a path or method that is not there.
_CODES = {404: "NotFound", 405: "MethodNotAllowed", 413: "TooLarge", 415: "InvalidRequest"}


def status_of(kind: type[errors.LazuliteError]) -> int:
    """The HTTP status of an error's class."""
    return next(STATUS[parent] for parent in kind.__mro__ if parent in STATUS)


async def answer_error(request: Request, error: Exception) -> Response:
    """The answer to `request`, which failed with an error of ours."""
    assert isinstance(error, errors.LazuliteError)  # noqa: S101 - registered for these alone
    status = status_of(type(error))
    if status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s %s: %s", request.method, request.url.path, error)
    request.scope[OUTCOME] = error.code
    headers = {"WWW-Authenticate": "Bearer"} if status == http.HTTPStatus.UNAUTHORIZED else {}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    return shaped(request, status, error.code, error.message, error.details, headers)


async def answer_http(request: Request, error: Exception) -> Response:
    """The answer where no route or method fits."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
    path = request.url.path
    message = {
        404: f"There is nothing at {path}.",
        405: f"{path} does not take {request.method}.",
    }.get(error.status_code, error.detail)
    code = _CODES.get(error.status_code, "InvalidRequest")
    return shaped(request, error.status_code, code, message, {}, dict(error.headers or {}))


async def answer_crash(request: Request, error: Exception) -> Response:
    """The answer when we made a mistake: nothing of it but a number under which the log tells it."""
    number = new_id()
    _log.error("request %s, %s %s, failed", number, request.method, request.url.path, exc_info=error)
    return shaped(
        request,
        500,
        "InternalError",
        f"This is a mistake of the server. Its log tells it under {number}.",
        {"reference": number},
    )


def shaped(
    request: Request,
    status: int,
    code: str,
    message: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that says what is wrong, in the shape that whoever sent `request` expects."""
    path = request.scope["path"]
    if is_v1(path):
        data = v1_shape(status, code, message, details or {})
    elif path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        data = {"error": {"code": code, "message": message, "details": details or {}}}
    else:
        return _page(request, status, message, headers)
    return Response(json.dumps(data, default=str), status, headers, "application/json")


def v1_shape(status: int, code: str, message: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """An error as v1's service sent it; clients look for `Error.Code` and `Error.Message`."""
    is_users = status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    return {
        "Error": {
            "Code": "UserError" if is_users else "ServiceError",
            "Message": message,
            "Target": str(details.get("name", "")),
            "Details": [{"Code": name, "Message": str(value)} for name, value in details.items()],
            "InnerError": {"Code": code},
            "DebugInfo": None,
        },
        "Correlation": {},
    }


def _page(request: Request, status: int, message: str, headers: Mapping[str, str] | None) -> Response:
    made = portal_pages.error_page(request, status, message)
    if made is None:
        title = f"{status} {http.HTTPStatus(status).phrase}"
        text = "<br>".join(html.escape(line) for line in message.splitlines())
        made = HTMLResponse(
            f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><p>{text}</p></html>',
            status,
        )
    made.headers.update(headers or {})
    return made
