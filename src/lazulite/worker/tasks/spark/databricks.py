"""A DatabricksStep on Apache Spark of this machine."""

from __future__ import annotations

from lazulite.model.databricks import DatabricksWork
from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.order import TaskOrder


def run(order: TaskOrder, work: DatabricksWork) -> None:  # noqa: ARG001 - its engine comes next
    """Do the work.

    Raises:
        InvalidRequest: this version has no Spark of its own.
    """
    raise InvalidRequest(
        f"The compute target of step '{order.job.step_name}' names no Databricks host, and this version of Lazulite "
        "does not run Spark itself."
    )
