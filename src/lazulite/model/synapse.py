"""What a SynapseSparkStep asks for: the settings of the task "synapse_spark"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lazulite.model.codec import from_data, to_data

#: The name of the task.
TASK = "synapse_spark"


@dataclass(frozen=True)
class SynapseWork:
    """One run of a Python file by Spark.

    `file`, `py_files`, `jars` and `files` are where the step's snapshot has them, or addresses. Memory as Spark writes
    it (`4g`).
    """

    file: str
    driver_memory: str
    driver_cores: int
    executor_memory: str
    executor_cores: int
    num_executors: int
    conf: Mapping[str, str] = field(default_factory=dict)
    py_files: tuple[str, ...] = ()
    jars: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """The work as `RunTask.settings`."""
        return dict(to_data(self))

    @staticmethod
    def of(settings: Mapping[str, Any]) -> SynapseWork:
        """Return the work that the settings describe.

        Raises:
            Corrupt: they are not of a SynapseSparkStep.
        """
        return from_data(SynapseWork, dict(settings))
