"""The places of one step: its own folder, where notebooks and DBFS are, the master, the datastores."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lazulite.model.assets import SPARK_HOST, Datastore
from lazulite.worker.folder import JobFolder
from lazulite.worker.tasks.datastores import datastores_of
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.spark.addresses import Addresses


@dataclass
class Workplace:
    """Where one step works.

    Args:
        home: The home folder.
        work: The step's folder: its snapshot, the current directory.
        dbfs: The folder that is `dbfs:/`, one for each workspace.
        notebooks: Where notebooks are looked for, in this order.
        master: The Spark master that the compute target names; "" is this machine.
        local: Folders that paths without a scheme may lead into.
        datastores: All datastores of the workspace.
    """

    home: Path
    work: Path
    dbfs: Path
    notebooks: tuple[Path, ...] = ()
    master: str = ""
    local: tuple[Path, ...] = ()
    datastores: tuple[Datastore, ...] = ()
    _addresses: Addresses | None = field(default=None, repr=False)

    @staticmethod
    def of(order: TaskOrder) -> Workplace:
        """Return the places of a task's step; folders that are not there are made."""
        job = order.job
        own = Path(job.blobs).parent / "databricks"
        dbfs, kept = own / "dbfs", own / "notebooks"
        for folder in (dbfs, kept):
            folder.mkdir(parents=True, exist_ok=True)
        work = JobFolder(Path(job.folder)).work
        host = job.target.host if job.target is not None else ""
        data = [
            Path(place) for place in (*order.inputs.values(), *order.outputs.values()) if place[:1] == "/"
        ]
        datastores = datastores_of(order)
        folders = [Path(store.folder) for store in datastores if store.type == "folder" and store.folder]
        return Workplace(
            home=Path(job.home),
            work=work,
            dbfs=dbfs,
            notebooks=(work, kept),
            master=host if host.startswith(SPARK_HOST) else "",
            local=(Path(job.home), work, *folders, *data),
            datastores=tuple(datastores),
        )

    def addresses(self) -> Addresses:
        """Return the one map of the step's addresses."""
        if self._addresses is None:
            self._addresses = Addresses(self.dbfs, self.datastores, self.local)
        return self._addresses
