"""What a task counts, as metrics of its run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone

from lazulite.model import codec
from lazulite.model.outbox import ENV_OUTBOX, MetricLogged
from lazulite.model.run import Metric
from lazulite.worker.tasks.order import TaskOrder


def log_metrics(order: TaskOrder, values: Mapping[str, float]) -> None:
    """Log one number for each name, as `Run.log` does.

    Raises:
        OSError: the job's outbox cannot be written.
    """
    now = datetime.now(timezone.utc)
    lines = [
        codec.dumps(MetricLogged(order.job.run_id, Metric(name, "scalar", value, now)))
        for name, value in values.items()
    ]
    # One write, so that lines of several writers never mix.
    descriptor = os.open(os.environ[ENV_OUTBOX], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, "".join(line + "\n" for line in lines).encode())
    finally:
        os.close(descriptor)
