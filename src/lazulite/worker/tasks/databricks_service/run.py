"""One DatabricksStep at a Databricks workspace, from the upload of its source to its outcome."""

from __future__ import annotations

from lazulite.model.databricks import DatabricksWork
from lazulite.worker.tasks.order import TaskOrder


def run(order: TaskOrder, work: DatabricksWork) -> None:
    raise NotImplementedError
