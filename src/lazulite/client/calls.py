"""From a call to its HTTP request, and from the answer to what the call gives, both as the operations table says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast, get_origin
from urllib.parse import quote

from lazulite.api.operations import PREFIX, Operation, Taken
from lazulite.api.query import Pairs, to_query
from lazulite.client.answers import Answer
from lazulite.model.codec import dumps, loads
from lazulite.model.errors import InvalidName

#: What takes any iterable is given a list: JSON knows no other.
_LISTS = (tuple, list, Iterable, Sequence)
_WAIT = "wait_seconds"
#: Questions that stand in a body, and changes that are the same when they are made twice. Of those that
#: start a run its id, chosen by the client, makes them so.
_REPEATABLE = frozenset(
    {
        "missing_blobs",
        "forecast",
        "put_blob",
        "put_snapshot",
        "submit",
        "create_run",
        "put_plan",
        "start_published",
        "rerun",
        "update_workspace",
        "update_run",
        "cancel_run",
        "start_engine",
        "stop_engine",
    }
)


@dataclass(frozen=True)
class Request:
    """One request. `body` is text, an open file, or None."""

    what: str  # the operation's name, for messages
    method: str
    path: str
    query: Pairs
    body: bytes | BinaryIO | None
    gives_bytes: bool
    is_repeatable: bool
    wait_seconds: float = 0.0

    def waiting(self, seconds: float) -> Request:
        """The same, to be answered within `seconds`."""
        query = [pair for pair in self.query if pair[0] != _WAIT]
        return replace(self, query=[*query, (_WAIT, f"{seconds:.3f}")], wait_seconds=seconds)


def request_for(operation: Operation, arguments: Mapping[str, Any]) -> Request:
    """Return the request that asks for `operation` with these arguments.

    Raises:
        InvalidName: an argument cannot be a part of a path.
    """
    path = PREFIX + operation.path
    body: bytes | BinaryIO | None = None
    for one in operation.takes:
        if one.name not in arguments:
            continue
        value = arguments[one.name]
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", _segment(one, value))
        elif one.place == "stream":
            body = value
        elif one.place == "body":
            body = dumps(list(value) if get_origin(one.kind) in _LISTS else value).encode()
    return Request(
        what=operation.name,
        method=operation.method,
        path=path,
        query=to_query(operation.takes, arguments),
        body=body,
        gives_bytes=operation.gives is BinaryIO,
        is_repeatable=_is_repeatable(operation, arguments),
    )


def _is_repeatable(operation: Operation, arguments: Mapping[str, Any]) -> bool:
    if operation.name == "put_file":
        return bool(arguments.get("overwrite"))
    return operation.method == "GET" or operation.name in _REPEATABLE


def _segment(one: Taken, value: Any) -> str:
    text = str(getattr(value, "value", value))
    if text in ("", ".", ".."):
        raise InvalidName(f"{text!r} is no {one.name.replace('_', ' ')}.", name=text)
    return quote(text, safe="")


def answer_of(operation: Operation, answer: Answer) -> Any:
    """Return what the call gives.

    Raises:
        Corrupt: the answer is not what the operation gives.
    """
    if operation.gives is BinaryIO:
        return answer.stream()
    return None if operation.gives is None else loads(cast("Any", operation.gives), answer.text())
