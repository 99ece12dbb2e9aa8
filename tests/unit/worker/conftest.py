"""Jobs for the tests of the worker: run in this process, or in one of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.job import Job, Outcome
from lazulite.testing.compute_contract import job_of
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job


@dataclass(frozen=True)
class Ran:
    """A job that was run: its outcome, and where its files are."""

    job: Job
    outcome: Outcome
    data: Path

    @property
    def artifacts(self) -> Path:
        return self.data / self.job.artifact_path

    @property
    def folder(self) -> Path:
        return Path(self.job.folder)

    @property
    def message(self) -> str:
        assert self.outcome.error is not None, self.outcome
        return self.outcome.error.message

    @property
    def printed(self) -> str:
        return self.log("azureml-logs/70_driver_log.txt")

    def log(self, name: str) -> str:
        return (self.artifacts / name).read_text()


@dataclass(frozen=True)
class Jobs:
    """Makes and runs jobs in one home folder."""

    home: Path

    @property
    def data(self) -> Path:
        """The root of the datastore `data`."""
        return self.home / "data"

    def make(self, script: str, **changes: Any) -> Job:
        job = job_of(self.home, script, **changes)
        JobFolder(Path(job.folder)).write_job(job)
        return job

    def run(self, script: str, **changes: Any) -> Ran:
        """Run a job in this process."""
        job = self.make(script, **changes)
        return Ran(job, run_job(job), self.data)

    def start(self, script: str, **changes: Any) -> tuple[Job, subprocess.Popen[bytes]]:
        """Run a job in a process of its own."""
        job = self.make(script, **changes)
        return job, subprocess.Popen([sys.executable, "-m", "lazulite.worker", job.folder])

    def finish(self, job: Job, process: subprocess.Popen[bytes]) -> Ran:
        process.wait(20)
        outcome = JobFolder(Path(job.folder)).result()
        assert outcome is not None
        return Ran(job, outcome, self.data)


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    home = tmp_path / "home"
    home.mkdir()
    return Jobs(home)


@pytest.fixture
def folder_of() -> Callable[[Job], JobFolder]:
    return lambda job: JobFolder(Path(job.folder))
