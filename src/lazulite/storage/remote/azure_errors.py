"""What Microsoft's client libraries raise, as errors of ours, which say what to do and hold no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lazulite.model.errors import Conflict, LazuliteError, NotFound, StorageError
from lazulite.storage.remote.failures import BUSY, PiecesLost, StoreUnusable, unreachable

_NOT_FOUND = 404
_NO_CONTAINER = frozenset(
    {"ContainerNotFound", "ShareNotFound", "ContainerBeingDeleted", "ShareBeingDeleted"}
)


@contextmanager
def asking(path: str, title: str, where: str, denied: Callable[[str], StoreUnusable]) -> Iterator[None]:
    """Raise what a client library raises in the block as errors of ours.

    Args:
        path: What is asked for.
        title: How messages call the store.
        where: Its container or share, with the server.
        denied: Makes the error for credentials that were not accepted, from the server's word for it.
    """
    from azure.core import exceptions

    try:
        yield
    except LazuliteError:
        raise
    except exceptions.AzureError as error:
        raise _translated(error, path, title, where, denied) from None  # its text may hold a signed address


def _translated(
    error: Any, path: str, title: str, where: str, denied: Callable[[str], StoreUnusable]
) -> LazuliteError:
    status = getattr(error, "status_code", None)
    code = str(getattr(getattr(error, "error_code", ""), "value", getattr(error, "error_code", "")) or "")
    if code in _NO_CONTAINER:
        return StoreUnusable(
            f"The {title} cannot be used: there is no {where}. Create it, or register the datastore again with the "
            "right name.",
        )
    if type(error).__name__ in {"ClientAuthenticationError", "CredentialUnavailableError"} or status in {
        401,
        403,
    }:
        return denied(code)
    if status == _NOT_FOUND:
        return NotFound(f"There is no file {path!r} on {title}.", path=path)
    if status in {409, 412}:
        return Conflict(
            f"{path!r} on {title} is there already, or has changed meanwhile ({code}).", code=code
        )
    if status is None or status in BUSY:
        return unreachable(title, where)
    kind = PiecesLost if code == "InvalidBlockList" else StorageError
    return kind(f"{path!r} on {title}: the server answered {status} {code}".rstrip() + ".", path=path)
