"""What an AdlaStep asks of its task: the seam between the step (`sdk.steps.adla`) and `worker.tasks.usql`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lazulite.model.codec import from_data

#: The task's name, and v1's word for the kind of compute target.
TASK = "usql"
ACCOUNT_TYPE = "DataLakeAnalytics"


@dataclass(frozen=True)
class AdlaWork:
    """The work of an AdlaStep.

    Args:
        script: The file in the snapshot.
        booleans: The names of parameters that are True or False, which C# writes in lower case.
        degree_of_parallelism: How many threads compute; None is all cores of the job.
        priority: v1's place in the account's queue; kept for the record.
        runtime_version: v1's version of the engine; kept for the record.
    """

    script: str
    booleans: tuple[str, ...] = ()
    degree_of_parallelism: int | None = None
    priority: int | None = None
    runtime_version: str | None = None

    def settings(self) -> dict[str, Any]:
        """Return what decides the result."""
        return {"script": self.script, "booleans": list(self.booleans)}

    def incidental(self) -> dict[str, Any]:
        """Return what decides only how the work is done; it does not count for reuse."""
        given = asdict(self)
        return {name: given[name] for name in ("degree_of_parallelism", "priority", "runtime_version")}

    @staticmethod
    def of(settings: Mapping[str, Any]) -> AdlaWork:
        """Return the work that a task's settings, the incidental included, describe.

        Raises:
            Corrupt: they are not those of an AdlaStep.
        """
        return from_data(AdlaWork, dict(settings))
