"""Transfers between datastores of a home folder."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from lazulite.api.home_secrets import sealing_key
from lazulite.model.assets import Datastore
from lazulite.model.databases import database_url
from lazulite.model.errors import LazuliteError
from lazulite.model.job import Job, JobInput, JobOutput, Outcome
from lazulite.model.outbox import ENV_OUTBOX, MetricLogged
from lazulite.model.plan import RunTask
from lazulite.model.sealed import seal
from lazulite.sdk.outbox import Outbox
from lazulite.storage.datastores import open_store
from lazulite.storage.store import Store
from lazulite.testing.compute_contract import job_of
from lazulite.worker.folder import JobFolder
from lazulite.worker.run import run_job
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.transfer import task


@dataclass(frozen=True)
class Transferred:
    """A transfer that was run: why it failed if it did, and what it printed."""

    job: Job
    error: LazuliteError | None
    printed: str

    @property
    def message(self) -> str:
        assert self.error is not None
        return self.error.message

    @property
    def code(self) -> str:
        assert self.error is not None
        return self.error.code

    @property
    def metrics(self) -> dict[str, Any]:
        assert self.error is None, self.error
        records = Outbox(Path(self.job.folder) / "outbox.jsonl").records()
        return {one.metric.name: one.metric.value for one in records if isinstance(one, MetricLogged)}


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

    def elsewhere(self, record: Datastore) -> Store:
        """Make a datastore of a record whose secret is plain text; return its files."""
        self.datastores[record.name] = replace(
            record, secret=seal(sealing_key(str(self.home)), record.secret)
        )
        return open_store(record, json.loads)

    def database(self, name: str, record: Datastore, password: str = "") -> Engine:
        """Make a database a datastore; return a way in for the test."""
        secret = seal(sealing_key(str(self.home)), json.dumps({"password": password})) if password else ""
        self.datastores[name] = replace(record, name=name, secret=secret)
        return create_engine(database_url(record, {"password": password}), poolclass=NullPool)

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
        """Run a transfer in this process, which spares the start of another one."""
        job = self.job(*arguments, **settings)
        printed, error = io.StringIO(), None
        os.environ[ENV_OUTBOX] = str(Path(job.folder) / "outbox.jsonl")
        try:
            with contextlib.redirect_stdout(printed):
                task.run(TaskOrder(job))
        except LazuliteError as caught:
            error = caught
        return Transferred(job, error, printed.getvalue())

    def run_as_job(self, *arguments: Any, **settings: Any) -> Outcome:
        """Run a transfer as a node does, in a process of its own."""
        return run_job(self.job(*arguments, **settings))


@pytest.fixture
def transfers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Transfers:
    monkeypatch.setenv(ENV_OUTBOX, "")  # so that it is put back
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    return Transfers(home, {})


@pytest.fixture
def sqlite(transfers: Transfers, tmp_path: Path) -> Engine:
    """An empty SQLite database, the datastore `lite`."""
    record = Datastore("lite", type="sql", options={"url": f"sqlite:///{tmp_path / 'lite.db'}"})
    return transfers.database("lite", record)


@pytest.fixture
def postgresql(transfers: Transfers, postgres_url: str) -> Engine:
    """An empty PostgreSQL database, the datastore `pg`."""
    url = make_url(postgres_url)
    record = Datastore(
        "pg",
        type="postgresql",
        account_name=url.host or "",
        container_name=url.database or "",
        auth="password",
        options={"user": url.username or "", "port": str(url.port)},
    )
    return transfers.database("pg", record, str(url.password))


@pytest.fixture
def tree() -> Callable[[Path], dict[str, str]]:
    """The files below a folder, by path, as text; temporary ones included."""
    return lambda folder: {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }
