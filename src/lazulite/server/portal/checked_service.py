"""The service as a viewer may use it: each call is held to the operations table, as one over the API is.

So a page can show or do nothing that its viewer could not ask for by a program, whatever its template or form says, and
every change is in the same log.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, cast

from starlette.requests import Request

from lazulite.api.operations import OPERATIONS, Operation
from lazulite.api.service import Service
from lazulite.model.errors import LazuliteError
from lazulite.server import changes
from lazulite.server.callers import Caller
from lazulite.server.permits import require
from lazulite.server.provenance import signed, visible

_BY_NAME = {operation.name: operation for operation in OPERATIONS}


def checked_service(request: Request, viewer: Caller) -> Service:
    """Return the service of the request's application, as `viewer` may use it.

    Its methods raise `Forbidden` where the viewer lacks a role.
    """
    return cast("Service", _Checked(request, viewer))


class _Checked:
    def __init__(self, request: Request, viewer: Caller) -> None:
        self._request = request
        self._viewer = viewer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _BY_NAME:
            raise AttributeError(name)
        return functools.partial(self._call, _BY_NAME[name])

    def _call(self, operation: Operation, *places: Any, **names: Any) -> Any:
        method = getattr(self._request.app.state.service, operation.name)
        arguments = inspect.signature(getattr(Service, operation.name)).bind(None, *places, **names).arguments
        del arguments["self"]
        given = {name: signed(value, self._viewer) for name, value in arguments.items()}
        require(self._viewer, operation, given)
        try:
            result = method(**given)
        except LazuliteError as error:
            self._audit(operation, given, error.code)
            raise
        self._audit(operation, given, "ok")
        return visible(result, self._viewer)

    def _audit(self, operation: Operation, arguments: dict[str, Any], outcome: str) -> None:
        if not operation.changes:
            return
        changes.leave(self._request)
        log = self._request.app.state.audit
        if log is None:
            return
        texts = {name: value for name, value in arguments.items() if isinstance(value, str)}
        workspace = texts.pop("workspace", "")
        log(changes.entry(self._request, operation.name, outcome, workspace, "/".join(texts.values())))
