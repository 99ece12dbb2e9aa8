"""Our API: a route for each path of the operations table, and the way of a call from the request to the service and back."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from lazulite.api import query
from lazulite.api.operations import OPERATIONS, PREFIX, Operation
from lazulite.model.errors import LazuliteError, TooLarge
from lazulite.server import changes
from lazulite.server.answers import file_answer, json_answer
from lazulite.server.bodies import BodyFile, Bounded, read_json
from lazulite.server.callers import Caller
from lazulite.server.permits import require
from lazulite.server.provenance import signed, visible
from lazulite.server.shape import decoded
from lazulite.server.working import Workers


def routes(operations: Sequence[Operation] = OPERATIONS) -> list[BaseRoute]:
    """One route for each path, below the API's prefix."""
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in operations:
        by_path[operation.path][operation.method] = operation
    return [Route(path, Resource(PREFIX + path, methods)) for path, methods in by_path.items()]


class Resource:
    """One path, as an ASGI application: the operations on it by HTTP method."""

    def __init__(self, template: str, operations: Mapping[str, Operation]) -> None:
        #: The path with the names of its parameters, as metrics count it.
        self.template = template
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self._operations.get(method)
        if operation is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(self._operations))})
        response = await answer(Request(scope, receive), operation)
        await response(scope, receive, send)


async def answer(request: Request, operation: Operation) -> Response:
    """Carry out `operation` as the request says it.

    Raises:
        LazuliteError: the caller may not, the request is wrong, or the operation failed.
    """
    call = Call(request, operation)
    try:
        response = await call.made()
    except LazuliteError as error:
        await call.audit(error.code)
        raise
    await call.audit("ok")
    return response


class Call:
    """One call of an operation: who makes it, with what."""

    def __init__(self, request: Request, operation: Operation) -> None:
        self._request = request
        self._operation = operation
        self._caller: Caller = request.state.caller
        self._workers: Workers = request.app.state.workers
        self._arguments: dict[str, Any] = {}

    async def made(self) -> Response:
        """The answer of the service."""
        request, taken = self._request, self._operation.takes
        for one in taken:
            if one.place == "path":
                text = request.path_params[one.name]
                self._arguments[one.name] = query.value_of(one.name, one.kind, text)
        require(self._caller, self._operation, self._arguments)
        self._arguments |= query.from_query(taken, request.query_params.multi_items())
        for one in taken:
            if one.place == "body":
                body = decoded(one.kind, await read_json(request), one.name)
                self._arguments[one.name] = signed(body, self._caller)
                require(self._caller, self._operation, self._arguments)
            elif one.place == "stream":
                self._arguments[one.name] = self._stream()
        return await self._carried_out()

    def _stream(self) -> BinaryIO:
        request = self._request
        bounds: Bounded = request.scope["lazulite.body"]
        bounds.limit = limit = request.app.state.settings.max_file_bytes
        if int(request.headers.get("content-length", "0")) > limit:
            raise TooLarge(
                f"The file is larger than {limit} bytes, the most that is taken here.", limit=limit
            )
        return cast("BinaryIO", BodyFile(request))

    async def _carried_out(self) -> Response:
        operation = self._operation
        work = functools.partial(getattr(self._request.app.state.service, operation.name), **self._arguments)
        if operation.gives is BinaryIO:
            source = await self._workers.transfer(work)
            return file_answer(source, self._workers, method=self._request.method)
        if any(one.place == "stream" for one in operation.takes):
            return self._answer(await self._workers.transfer(work))
        if self._arguments.get("wait_seconds"):
            return self._answer(await self._awaited())
        # To JSON in the same thread: a large answer must not hold up the others.
        return await self._workers.call(lambda: self._answer(work()))

    async def _awaited(self) -> Any:
        """The result of the one operation that waits, for which no thread waits here."""
        state = self._request.app.state
        longest: float = state.settings.max_wait_seconds
        given = {**self._arguments, "wait_seconds": min(self._arguments["wait_seconds"], longest)}
        return await state.news.events(**given)

    def _answer(self, result: Any) -> Response:
        if self._operation.gives is None:
            return Response(status_code=204)
        return json_answer(self._request, visible(result, self._caller))

    async def audit(self, outcome: str) -> None:
        """Tell whoever keeps the log of changes."""
        log = self._request.app.state.audit
        changes.leave(self._request)
        if log is None or not self._operation.changes:
            return
        texts = {name: value for name, value in self._arguments.items() if isinstance(value, str)}
        workspace, about = texts.pop("workspace", ""), "/".join(texts.values())
        made = changes.entry(self._request, self._operation.name, outcome, workspace, about or self._named())
        await self._workers.call(lambda: log(made))

    def _named(self) -> str:
        """What the body is about, by its name or id."""
        bodies = [self._arguments[one.name] for one in self._operation.takes if one.name in self._arguments]
        names = [getattr(body, "name", "") or getattr(body, "id", "") for body in bodies]
        return next((name for name in names if isinstance(name, str) and name), "")
