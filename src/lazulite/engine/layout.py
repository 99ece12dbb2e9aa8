"""Where things are below the home folder. The service and the engine are the only ones who know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lazulite.model.assets import Datastore


@dataclass(frozen=True)
class Home:
    """The home folder of a local system and the places in it."""

    root: Path

    @property
    def lock(self) -> Path:
        """Locked by the engine for as long as it lives: the lease on this home."""
        return self.root / "engine.lock"

    @property
    def wake(self) -> Path:
        """A named pipe: a byte written to it tells the engine that there is news in the records."""
        return self.root / "engine.wake"

    @property
    def about(self) -> Path:
        """JSON about the engine that lives: pid, version, start."""
        return self.root / "engine.json"

    @property
    def log(self) -> Path:
        return self.root / "engine.log"

    @property
    def server_lock(self) -> Path:
        """Locked by whatever listens for this home: the door, its server, or `lazulite serve`."""
        return self.root / "server.lock"

    @property
    def server_about(self) -> Path:
        """JSON about what listens, or listened last: url, pid, version."""
        return self.root / "server.json"

    @property
    def server_log(self) -> Path:
        return self.root / "server.log"

    @property
    def cache(self) -> Path:
        """Digests of files seen before. May be deleted at any time."""
        return self.root / "cache"

    def workspace(self, workspace_id: str) -> Path:
        return self.root / "workspaces" / workspace_id

    @property
    def data_cache(self) -> Path:
        """Copies of input files from datastores elsewhere, by content version. May be deleted while no job runs."""
        return self.cache / "data"

    def spools(self, workspace_id: str) -> Path:
        """The spools of a workspace's datastores elsewhere."""
        return self.workspace(workspace_id) / "spool"

    def spool(self, workspace_id: str, datastore: str) -> Path:
        """Artifacts that are not on their datastore yet, under their paths on it."""
        return self.spools(workspace_id) / datastore

    def blobs(self, workspace_id: str) -> Path:
        return self.workspace(workspace_id) / "blobs"

    def datastore(self, workspace_id: str, name: str) -> Path:
        return self.workspace(workspace_id) / "datastores" / name

    def job(self, workspace_id: str, job_id: str) -> str:
        """As text: there are thousands of them."""
        return f"{self.root}/workspaces/{workspace_id}/jobs/{job_id}"

    def relative(self, folder: str) -> str:
        """A folder below the home is recorded relative to it, so that a home can be moved or restored elsewhere."""
        path = Path(folder)
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else folder

    def absolute(self, folder: str) -> str:
        return str(self.root / folder)

    def located(self, datastore: Datastore) -> Datastore:
        """A datastore as it is recorded, its folder absolute if it is one."""
        if datastore.type != "folder":
            return datastore
        return replace(datastore, folder=self.absolute(datastore.folder))


def artifact_path(run_id: str) -> str:
    """The folder of a run's artifacts on its artifact datastore, where v1 users look for it."""
    return f"azureml/ExperimentRun/dcid.{run_id}"
