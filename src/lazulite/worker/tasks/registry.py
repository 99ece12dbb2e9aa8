"""From a task's name to its module, which has a function `run(order: TaskOrder) -> None`.

A module is imported in the task's own process only, so what it needs costs nobody else anything.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.order import TaskOrder

_MODULES: dict[str, str] = {
    "databricks": "databricks",
    "notebook": "notebook",
    "synapse_spark": "spark.synapse",
    "transfer": "transfer.task",
    "usql": "usql.task",
}


def task(name: str) -> Callable[[TaskOrder], None]:
    """Return the task `name`.

    Raises:
        InvalidRequest: there is none.
    """
    if name not in _MODULES:
        known = ", ".join(sorted(_MODULES)) or "none"
        raise InvalidRequest(f"This version of Lazulite has no task {name!r}. It has: {known}.")
    module = import_module(f"lazulite.worker.tasks.{_MODULES[name]}")
    return cast("Callable[[TaskOrder], None]", module.run)
