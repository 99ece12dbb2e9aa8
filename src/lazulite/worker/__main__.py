"""`python -m lazulite.worker <job folder>`: run one job in a process of its own, without a node."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lazulite.model.errors import LazuliteError
from lazulite.model.job import OutcomeStatus
from lazulite.worker.ending import adopt_orphans
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job

if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its one argument
        sys.exit("usage: python -m lazulite.worker <job folder>")
    if os.getpgid(0) != os.getpid():
        os.setsid()
    adopt_orphans()
    try:
        outcome = run_job(JobFolder(Path(sys.argv[1])).job())
    except (LazuliteError, OSError) as error:
        sys.exit(f"The job could not be run: {error}")
    sys.exit(0 if outcome.status is OutcomeStatus.COMPLETED else 1)
