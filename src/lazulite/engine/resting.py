"""Giving memory back while there is nothing to do: an engine waits a quarter of an hour for the next run."""

from __future__ import annotations

import contextlib
import ctypes
import gc

from lazulite.records.records import Records


def give_back(records: Records) -> None:
    """Return to the operating system what a large run needed and nobody needs now.

    Connections keep what they read of the database; they are opened again when they are asked for.
    """
    records.close()
    gc.collect()
    with contextlib.suppress(
        OSError, AttributeError
    ):  # only the GNU library has it, and only it keeps so much
        ctypes.CDLL(None).malloc_trim(0)
