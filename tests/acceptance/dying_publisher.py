"""A process that publishes, starts and resumes, and is killed at one exact moment.

`python dying_publisher.py HOME WORKSPACE SNAPSHOT publish|start|rerun ID before|after METHOD`: right before or right
after the method of that name (of the records or the blobs) it gets SIGKILL.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from lazulite.api.connect import connect
from lazulite.model.publishing import Publication, StartRequest
from lazulite.model.run import Rerun
from lazulite.records.records import Records
from lazulite.storage.blobs import BlobStore
from lazulite.testing.sample_runs import submission


def arm(moment: str, method: str) -> None:
    """Make the next call of the method deadly."""
    owner = Records if hasattr(Records, method) else BlobStore
    genuine = getattr(owner, method)

    def deadly(self: Any, *given: Any, **named: Any) -> Any:
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        genuine(self, *given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, method, deadly)


def act(location: str, workspace: str, snapshot: str, what: str, named: str) -> None:
    """Do what the test asks for."""
    service = connect(location)
    if what == "publish":
        service.publish(workspace, Publication(submission(snapshot).plan, "dying"))
    elif what == "start":
        service.start_published(workspace, StartRequest("dying", named))
    else:
        service.rerun(workspace, named, Rerun(resume=True))


if __name__ == "__main__":
    arm(sys.argv[6], sys.argv[7])
    act(*sys.argv[1:6])
