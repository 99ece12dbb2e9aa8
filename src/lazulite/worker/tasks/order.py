"""What a task is given, and how it tells why it failed: two files in the job's folder.

task.json          the `TaskOrder`, written by the worker before the task's process starts
task-error.json    a `RunError`, written by the task if it fails with an error of ours
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lazulite.model import codec
from lazulite.model.errors import Corrupt
from lazulite.model.job import Job
from lazulite.model.plan import RunTask
from lazulite.model.run import RunError

_ORDER, _ERROR = "task.json", "task-error.json"


@dataclass(frozen=True)
class TaskOrder:
    """One job's task.

    Args:
        job: The job; `job.action` is the `RunTask`, `job.parameters` and `job.arguments` hold values already.
        inputs: By name, where an input is: a local path, or of mode direct the address that `Store.uri` gives.
        outputs: By name, the local path to write to; of mode direct the address.
        arguments: What a script would get as its arguments.
        interpreter: The Python of the step's environment.
        artifacts: The folder of the run's artifacts (`logs/`, `outputs/` …) on this machine.
    """

    job: Job
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    interpreter: str = ""
    artifacts: str = ""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the step's author decided, the incidental included."""
        if not isinstance(self.job.action, RunTask):
            raise Corrupt(f"The job {self.job.id} has no task.")
        return {**self.job.action.settings, **self.job.action.incidental}


def write_order(folder: Path, order: TaskOrder) -> None:
    """Write the order into the job's folder, which is private to its owner."""
    (folder / _ORDER).write_text(codec.dumps(order), encoding="utf-8")


def read_order(folder: Path) -> TaskOrder:
    """Return the order in a job's folder."""
    return codec.loads(TaskOrder, (folder / _ORDER).read_bytes())


def write_error(folder: Path, error: RunError) -> None:
    """Write why the task failed."""
    (folder / _ERROR).write_text(codec.dumps(error), encoding="utf-8")


def read_error(folder: Path) -> RunError | None:
    """Return why the task failed, if it said so itself."""
    try:
        return codec.loads(RunError, (folder / _ERROR).read_bytes())
    except (FileNotFoundError, Corrupt):
        return None
