"""An engine that is killed at one exact moment: `python dying_engine.py HOME before|after N`.

It is the real engine, except that the N-th time it writes to the records it gets SIGKILL, right before or right after
the transaction.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from lazulite.engine.__main__ import main
from lazulite.records.changes import Change
from lazulite.records.records import Records


def arm(moment: str, number: int) -> None:
    """Make the N-th `record` deadly."""
    genuine = Records.record
    count = 0

    def record(self: Records, run_id: str, changes: Sequence[Change]) -> None:
        nonlocal count
        count += 1
        if count == number and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        genuine(self, run_id, changes)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    Records.record = record  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    arm(sys.argv[2], int(sys.argv[3]))
    sys.exit(main(sys.argv[1]))
