"""`python -m lazulite.worker.tasks`: do the task of the job that `$LAZULITE_JOB` names, and nothing else.

An error of ours is told in its own words and kept with its code; any other one is a bug, and shows its traceback.
A SIGTERM (a cancellation) unwinds the task, so that what it had begun is taken back where it stands in a `finally`.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from lazulite.model.errors import LazuliteError
from lazulite.model.plan import RunTask
from lazulite.model.run import RunError
from lazulite.worker.tasks.order import read_order, write_error
from lazulite.worker.tasks.registry import task
from lazulite.worker.variables import ENV_JOB


def main() -> int:
    """Return the process's exit code."""
    signal.signal(signal.SIGTERM, _end)
    folder = Path(os.environ[ENV_JOB])
    order = read_order(folder)
    try:
        if isinstance(order.job.action, RunTask):
            task(order.job.action.task)(order)
    except LazuliteError as error:
        print(f"{error.code}: {error.message}", file=sys.stderr, flush=True)
        write_error(folder, RunError(error.code, error.message))
        return 1
    return 0


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would cut the cleaning up short
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
