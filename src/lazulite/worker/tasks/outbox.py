"""What a task tells the system about its run, as a script does by the SDK: one line appended to the job's outbox."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lazulite.model import codec
from lazulite.model.outbox import ENV_OUTBOX, OutboxLine, RunPatched
from lazulite.model.run import RunPatch
from lazulite.worker.tasks.order import TaskOrder


def tell(*records: OutboxLine) -> None:
    """Append records; in one write, so that lines of several writers never mix.

    Raises:
        OSError: the job's outbox cannot be written.
    """
    text = "".join(f"{codec.dumps(record)}\n" for record in records)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(os.environ[ENV_OUTBOX], flags, 0o600)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def add_properties(order: TaskOrder, properties: Mapping[str, str]) -> None:
    """Add properties to the run.

    Raises:
        OSError: as `tell`.
    """
    tell(RunPatched(order.job.run_id, RunPatch(add_properties=dict(properties))))
