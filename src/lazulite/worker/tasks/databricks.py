"""The task of a DatabricksStep: at the service that its compute target names, or on this machine's Spark."""

from __future__ import annotations

from lazulite.model.databricks import DatabricksWork
from lazulite.worker.tasks.order import TaskOrder


def run(order: TaskOrder) -> None:
    """Do the work of a DatabricksStep.

    Raises:
        LazuliteError: it failed, or could not be started; the message says why and what to do.
    """
    work = DatabricksWork.of(order.settings)
    target = order.job.target
    if target is not None and target.is_elsewhere:
        from lazulite.worker.tasks.databricks_service.run import run as run_there

        run_there(order, work)
        return
    from lazulite.worker.tasks.spark.databricks import run as run_here

    run_here(order, work)
