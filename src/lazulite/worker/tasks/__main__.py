"""`python -m lazulite.worker.tasks`: do the task of the job that `$LAZULITE_JOB` names, and nothing else.

An error of ours is told in its own words and kept with its code; any other one is a bug, and shows its traceback.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lazulite.model.errors import LazuliteError
from lazulite.model.plan import RunTask
from lazulite.model.run import RunError
from lazulite.worker.tasks.order import read_order, write_error
from lazulite.worker.tasks.registry import task
from lazulite.worker.variables import ENV_JOB


def main() -> int:
    """Return the process's exit code."""
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


if __name__ == "__main__":
    sys.exit(main())
