"""What goes wrong with a store on another machine: one file of it, or the whole of it."""

from __future__ import annotations

from lazulite.model.errors import InvalidRequest, StorageError

#: Answers of an HTTP server that mean: later.
BUSY = frozenset({408, 429, 500, 502, 503, 504})


class StoreUnusable(StorageError):
    """Nothing can be done with the store as it is registered: wrong key, missing container, no connection."""


class Unreachable(StoreUnusable):
    """The store did not answer, or said that it is busy or broken: worth another try."""


class PiecesLost(StorageError):
    """The store has lost pieces of a file that was being written: it is to be sent from the start."""


def unreachable(title: str, where: str, said: str = "it does not answer, or is busy") -> Unreachable:
    """Return the error for a store that does not answer."""
    return Unreachable(
        f"The {title} cannot be reached: {said} ({where}). Check the address, the network and whether the service "
        "runs."
    )


def missing_library(name: str, extra: str, error: ImportError) -> InvalidRequest:
    """Return the error for a library that is not installed."""
    return InvalidRequest(
        f"{name} needs the library {error.name!r}, which is not installed. Run: pip install 'lazulite[{extra}]'",
        extra=extra,
    )
