"""`api.Service` of a server: each operation of the table becomes a method that sends it.

Nothing is written here per operation, so that an operation added to the table and the protocol is here at once. What a
method takes and gives, and its documentation, are those of `Service`.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lazulite.api.operations import OPERATIONS, Operation
from lazulite.api.server_tokens import header_for
from lazulite.api.service import EngineStatus, Progress, Service
from lazulite.client.calls import Request, answer_of, request_for
from lazulite.client.connection import Connection
from lazulite.model import ids
from lazulite.model.backup import Backup
from lazulite.model.errors import InvalidRequest
from lazulite.model.publishing import Publication, StartRequest
from lazulite.model.run import Rerun, Run, Submission

#: One request waits no longer than this for events: proxies end what is silent for a minute.
_WAIT_SECONDS = 20.0


class RemoteService:
    """The system behind a server's URL. It has every method of `api.Service`.

    Safe from several threads; a forked child makes connections of its own.

    Args:
        location: The server's URL, with the path below which it stands, if any.
        header: Gives the header that says who calls, asked for with every request; without it the token in
            `LAZULITE_TOKEN` or the one that a login kept.
    """

    def __init__(self, location: str, header: Callable[[], Mapping[str, str]] | None = None) -> None:
        self._url = location.rstrip("/")
        self._connection = Connection(self._url, header or functools.partial(header_for, self._url))

    @property
    def is_local(self) -> bool:
        """Never: its folders are the server's."""
        return False

    @property
    def cache_folder(self) -> Path | None:
        """Where this machine keeps digests of files seen before."""
        import platformdirs

        return Path(platformdirs.user_cache_dir("lazulite", appauthor=False)) / "digests"

    def address(self) -> str:
        """The server's URL."""
        return self._url

    def page(self, path: str) -> str:
        """A link to a page of the server's portal. Whoever opens it logs in there."""
        return f"{self._url}{path}"

    def stop_server(self) -> bool:
        """Never: whoever runs the server stops it."""
        return False

    def credentials(self, sealed: str) -> Mapping[str, str]:
        """Not from here.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(f"{self._url} keeps the credentials of its datastores to itself.")

    def backup(
        self, file: str, progress: Progress | None = None, *, with_sealing_key: bool = False
    ) -> Backup:
        """Not from here.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(f"{self._url} is backed up on its own machine: lazulite backup FILE there.")

    def restore(self, file: str, progress: Progress | None = None) -> Backup:
        """Not from here.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(
            f"{self._url} is restored on its own machine: lazulite restore FILE --home DIR there."
        )

    def __repr__(self) -> str:
        return f"RemoteService({self._url!r})"

    def _call(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        request = request_for(operation, _with_id(arguments))
        wait = arguments.get("wait_seconds", 0.0)
        return self._waited(operation, request, wait) if wait else self._sent(operation, request)

    def _sent(self, operation: Operation, request: Request) -> Any:
        answer = answer_of(operation, self._connection.send(request))
        return replace(answer, location=self._url) if isinstance(answer, EngineStatus) else answer

    def _waited(self, operation: Operation, request: Request, seconds: float) -> Any:
        """Ask again until there is an answer or the time is over."""
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            answer = self._sent(operation, request.waiting(min(left, _WAIT_SECONDS)))
            if answer or time.monotonic() >= deadline:
                return answer


def _with_id(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Choose the id of a run here, so that a request whose answer was lost can be sent again and starts no second run."""
    submission, run = arguments.get("submission"), arguments.get("run")
    if isinstance(submission, Submission):
        # An interpreter of this machine means nothing to another.
        chosen = submission.run_id or ids.new_id()
        return {**arguments, "submission": replace(submission, run_id=chosen, interpreter="")}
    if isinstance(run, Run) and not run.id:
        return {**arguments, "run": replace(run, id=ids.new_id())}
    publication = arguments.get("publication")
    if isinstance(publication, Publication):
        return {**arguments, "publication": replace(publication, interpreter="")}
    for name in ("request", "how"):
        asked = arguments.get(name)
        if isinstance(asked, (StartRequest, Rerun)):
            return {**arguments, name: replace(asked, run_id=asked.run_id or ids.new_id())}
    return arguments


def _method(operation: Operation) -> Callable[..., Any]:
    described = getattr(Service, operation.name)
    signature = inspect.signature(described)

    @functools.wraps(described)
    def call(self: RemoteService, *args: Any, **kwargs: Any) -> Any:
        arguments = dict(signature.bind(self, *args, **kwargs).arguments)
        del arguments["self"]
        return self._call(operation, arguments)

    return call


for _operation in OPERATIONS:
    setattr(RemoteService, _operation.name, _method(_operation))
