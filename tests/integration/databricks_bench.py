"""An order for a DatabricksStep at a loopback Databricks, as a job's process gets it, done in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from lazulite.api.home_secrets import sealing_key
from lazulite.model.assets import ComputeTarget
from lazulite.model.codec import loads
from lazulite.model.databricks import Cluster, DatabricksWork, SourceKind
from lazulite.model.outbox import OutboxLine, RunPatched
from lazulite.model.sealed import seal
from lazulite.testing.compute_contract import job_of
from lazulite.testing.databricks_server import LoopbackDatabricks
from lazulite.worker.tasks.databricks_service.run import run
from lazulite.worker.tasks.databricks_service.watch import Pace
from lazulite.worker.tasks.order import TaskOrder

#: As the service's, a thousand times as fast.
QUICK = Pace(first=0.001, longest=0.01, patience=1800.0)
NOTEBOOK = DatabricksWork(
    SourceKind.NOTEBOOK, "/Shared/n", cluster=Cluster(spark_version="15.4.x", node_type="m", num_workers=1)
)


@dataclass
class Bench:
    """A home, a working directory, and the loopback that a compute target there names."""

    home: Path
    databricks: LoopbackDatabricks
    token: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def artifacts(self) -> Path:
        return self.home / "artifacts"

    def target(self) -> ComputeTarget:
        secret = json.dumps({"access_token": self.token or self.databricks.token})
        return ComputeTarget(
            "bricks",
            type="Databricks",
            extra={"host": self.databricks.host, **self.extra},
            secret=seal(sealing_key(str(self.home)), secret),
        )

    def order(self, **changes: Any) -> TaskOrder:
        """An order whose fields, and those of its job, are `changes`."""
        of_order = {
            name: changes.pop(name) for name in ("inputs_at", "outputs_at", "arguments") if name in changes
        }
        job = replace(job_of(self.home), target=self.target(), step_name="aggregate", **changes)
        return TaskOrder(
            job,
            inputs=of_order.get("inputs_at", {}),
            outputs=of_order.get("outputs_at", {}),
            arguments=tuple(of_order.get("arguments", ())),
            artifacts=str(self.artifacts),
        )

    def do(self, work: DatabricksWork = NOTEBOOK, order: TaskOrder | None = None, **changes: Any) -> None:
        """Do the work, as the task does."""
        run(order or self.order(**changes), work, QUICK)

    def properties(self, outbox: Path) -> dict[str, str]:
        """The properties that were told about the run."""
        lines = [loads(cast("Any", OutboxLine), line) for line in outbox.read_bytes().splitlines()]
        found: dict[str, str] = {}
        for line in lines:
            assert isinstance(line, RunPatched)
            found |= line.patch.add_properties
        return found
