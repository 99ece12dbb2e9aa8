"""The files of a run (logs, outputs, uploads) through the service: a folder of a datastore, reached by names in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from lazulite.api.origin import origin_of
from lazulite.api.service import Service
from lazulite.model.errors import NotFound
from lazulite.model.files import FileInfo
from lazulite.model.run import Run

#: Folders whose files are logs.
LOG_FOLDERS = ("azureml-logs/", "logs/", "user_logs/", "system_logs/")
#: What the script printed, stdout and stderr as they came.
DRIVER_LOG = "azureml-logs/70_driver_log.txt"


@dataclass(frozen=True)
class RunFolder:
    """Where a run's files are; of a run that reuses another: the other's."""

    workspace: str
    datastore: str
    path: str

    def files(self, service: Service, prefix: str = "") -> list[FileInfo]:
        """The run's files whose names begin with `prefix`, by their names in the run."""
        start = f"{self.path}/"
        found = service.list_files(self.workspace, self.datastore, start + prefix)
        return [FileInfo(one.path[len(start) :], one.size, one.mtime_ns) for one in found]

    def logs(self, service: Service) -> list[FileInfo]:
        """Its log files, in the order of their names."""
        return [one for folder in LOG_FOLDERS for one in self.files(service, folder)]

    def open(self, service: Service, name: str, offset: int = 0, length: int | None = None) -> BinaryIO:
        """One file from `offset` on (`NotFound` if there is none yet)."""
        return service.open_file(self.workspace, self.datastore, f"{self.path}/{name}", offset, length)


def folder_of(service: Service, workspace: str, run: Run) -> RunFolder:
    """The folder whose files `run` shows."""
    run = origin_of(service, workspace, run)
    return RunFolder(workspace, run.artifact_datastore, run.artifact_path.strip("/"))


def no_log(run: Run, name: str) -> NotFound:
    """The error for a log that a run does not have."""
    return NotFound(f"The run {run.id} ({run.status.value}) has no log {name!r}.", kind="log", name=name)
