"""What a task counts, as metrics of its run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from lazulite.model.outbox import MetricLogged
from lazulite.model.run import Metric
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.outbox import tell


def log_metrics(order: TaskOrder, values: Mapping[str, float]) -> None:
    """Log one number for each name, as `Run.log` does.

    Raises:
        OSError: the job's outbox cannot be written.
    """
    now = datetime.now(timezone.utc)
    tell(
        *(
            MetricLogged(order.job.run_id, Metric(name, "scalar", value, now))
            for name, value in values.items()
        )
    )
