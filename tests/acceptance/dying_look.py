"""An engine that is killed as it looks at a schedule: `python dying_look.py HOME before|after`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from lazulite.engine.__main__ import main
from lazulite.records.records import Records


def arm(moment: str) -> None:
    """Make the first look that starts a run deadly, right before or right after its transaction."""
    genuine = Records.record_look

    def record_look(self: Records, *arguments: Any) -> bool:
        deadly = bool(arguments[5])
        if deadly and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = genuine(self, *arguments)
        if deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    Records.record_look = record_look  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    arm(sys.argv[2])
    sys.exit(main(sys.argv[1]))
