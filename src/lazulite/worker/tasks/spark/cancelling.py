"""A step that is asked to end: SIGTERM interrupts the user's code, and giving Spark back ends its jobs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_CODE = 128 + signal.SIGTERM


class Canceled(BaseException):
    """The step is to end. Not an `Exception`: a notebook that catches all of these must not keep it from it."""


@contextmanager
def ends_the_step() -> Iterator[None]:
    """Within this block SIGTERM raises `Canceled`, once; where it comes out, the process ends."""
    before = signal.signal(signal.SIGTERM, _cancel)
    try:
        yield
    except Canceled:
        print("The step was asked to end; its Spark jobs are cancelled.", flush=True)
        sys.stderr.flush()
        os._exit(_CODE)  # threads of the user's code do not hold it up
    finally:
        signal.signal(signal.SIGTERM, before)


def _cancel(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Canceled
