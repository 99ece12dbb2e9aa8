"""Python's search for reference cycles, put off while very many objects are made that stay.

The search looks through all objects again each time their number has grown by a quarter. Reading or writing a plan of
thousands of steps makes hundreds of thousands of them, none in a cycle, and would take twice as long.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Search for no cycles inside the block, which should be short: other threads' garbage stays meanwhile.

    If two threads are in such blocks, the first one to leave ends it for both; that costs time and nothing else.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
