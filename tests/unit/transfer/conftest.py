"""Transfers run as jobs, in a process of their own each, as a node runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.assets import Datastore
from lazulite.model.job import Job, JobInput, JobOutput, Outcome
from lazulite.model.outbox import MetricLogged
from lazulite.model.plan import RunTask
from lazulite.sdk.outbox import Outbox
from lazulite.testing.compute_contract import job_of
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job


@dataclass(frozen=True)
class Transferred:
    """A transfer that was run."""

    job: Job
    outcome: Outcome

    @property
    def message(self) -> str:
        assert self.outcome.error is not None, self.outcome
        return self.outcome.error.message

    @property
    def code(self) -> str:
        assert self.outcome.error is not None, self.outcome
        return self.outcome.error.code

    @property
    def metrics(self) -> dict[str, Any]:
        records = Outbox(Path(self.job.folder) / "outbox.jsonl").records()
        return {one.metric.name: one.metric.value for one in records if isinstance(one, MetricLogged)}

    @property
    def printed(self) -> str:
        folder = Path(self.job.datastores["data"].folder, self.job.artifact_path)
        return (folder / "azureml-logs/70_driver_log.txt").read_text()


@dataclass
class Transfers:
    """Makes transfer jobs between datastores of one home, and runs them."""

    home: Path
    datastores: dict[str, Datastore]

    def folder(self, name: str) -> Path:
        """The folder of a datastore; a new one if there is none of that name."""
        if name not in self.datastores:
            folder = self.home / name
            folder.mkdir(parents=True)
            self.datastores[name] = Datastore(name, folder=str(folder))
        return Path(self.datastores[name].folder)

    def job(
        self,
        source: tuple[str, str],
        destination: tuple[str, str],
        from_: dict[str, Any] | None = None,
        to: dict[str, Any] | None = None,
    ) -> Job:
        settings = {"source": {"type": None, **(from_ or {})}, "destination": {"type": None, **(to or {})}}
        job = job_of(
            self.home,
            action=RunTask("transfer", settings),
            inputs=(JobInput("source", *source, mode="direct"),),
            outputs=(JobOutput("_data_transfer_output", *destination, mode="direct"),),
        )
        job = replace(job, datastores={**self.datastores, **job.datastores})
        JobFolder(Path(job.folder)).write_job(job)
        return job

    def run(self, *arguments: Any, **settings: Any) -> Transferred:
        job = self.job(*arguments, **settings)
        return Transferred(job, run_job(job))


@pytest.fixture
def transfers(tmp_path: Path) -> Transfers:
    home = tmp_path / "home"
    home.mkdir()
    return Transfers(home, {})


@pytest.fixture
def tree() -> Callable[[Path], dict[str, str]]:
    """The files below a folder, by path, as text; temporary ones included."""
    return lambda folder: {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }
