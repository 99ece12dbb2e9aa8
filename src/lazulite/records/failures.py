"""The database driver's errors, turned into ours with the database's name and what to do.

By their words: codes differ between drivers, and Python 3.10's sqlite3 has none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lazulite.model.errors import (
    Corrupt,
    InvalidRequest,
    LazuliteError,
    ServiceUnavailable,
    StorageError,
    StorageFull,
)

_DAMAGED = ("malformed", "not a database", "file is encrypted")
_FULL = ("disk is full", "no space left", "could not extend file")
_BUSY = ("is locked", "is busy")
_DENIED = ("readonly", "read-only", "unable to open", "disk i/o error", "attempt to write")
_TOO_LARGE = "out of range"
_AWAY = ("connection", "connect", "server closed", "terminating")


@contextmanager
def driver_errors(name: str) -> Iterator[None]:
    """Turn what the driver raises inside the block into a `LazuliteError` about the database `name`."""
    try:
        yield
    except PoolTimeout as error:
        raise ServiceUnavailable(
            f"The database {name} has no free connection ({error}). Try again."
        ) from error
    except (DBAPIError, sqlite3.Error) as error:
        words = str(error.orig if isinstance(error, DBAPIError) else error)
        if _TOO_LARGE in words:  # where the database notices what the driver let through
            raise InvalidRequest(f"A value cannot be recorded: {words}.") from error
        raise _translated(name, words) from error
    except (StatementError, OverflowError) as error:
        # A number beyond 64 bits, a time without a zone: what was given, not the database.
        reason = error.orig if isinstance(error, StatementError) else error
        raise InvalidRequest(f"A value cannot be recorded: {reason}.") from error


def _translated(name: str, words: str) -> LazuliteError:
    said = words.lower()
    if any(word in said for word in _DAMAGED):
        return Corrupt(
            f"The database {name} is damaged ({words}). Stop Lazulite (`lazulite stop`) and put a backup in its "
            "place, or move the file away together with those of the same name ending in -wal and -shm: a new, "
            "empty one is made then. Files in datastores are not affected."
        )
    if any(word in said for word in _FULL):
        return StorageFull(f"No space is left on the disk of the database {name}. Free some and try again.")
    if any(word in said for word in _BUSY):
        return ServiceUnavailable(
            f"Another program has kept the database {name} locked for too long. Close programs that have the file "
            "open (database browsers, backups) and try again."
        )
    if any(word in said for word in _DENIED):
        return StorageError(
            f"The database {name} cannot be opened or written ({words}). Check that it and its folder belong to you "
            "and that the disk is not mounted read-only."
        )
    if any(word in said for word in _AWAY):
        return ServiceUnavailable(f"The database {name} cannot be reached ({words}).")
    return StorageError(f"The database {name} refused an operation: {words}.")
