"""A transfer from outside: what memory it needs however much goes by, and what is left of one that is ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.unit.transfer.conftest import Transfers

from lazulite.model.job import Job, OutcomeStatus
from lazulite.testing.compute_contract import eventually
from lazulite.worker.folder import JobFolder

pytestmark = pytest.mark.slow

#: A process that has loaded what it needs has about half of it.
_BOUND = 150 << 20
_ROWS, _WIDTH = 200_000, 1000


def test_rows_out_of_a_database_and_into_one(transfers: Transfers, postgresql: Engine) -> None:
    with postgresql.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE wide (n int, text text)")
    files = transfers.folder("files")
    asked = {"query": f"SELECT n, repeat('x', {_WIDTH}) AS text FROM generate_series(1, {_ROWS}) n"}
    within(transfers.job(("pg", ""), ("files", "wide.csv"), from_=asked))
    assert (files / "wide.csv").stat().st_size > _BOUND
    within(transfers.job(("files", "wide.csv"), ("pg", "wide"), to={"table": "wide"}))
    with postgresql.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*), sum(length(text)) FROM wide").one()
    assert tuple(found) == (_ROWS, _ROWS * _WIDTH)


def test_a_cancelled_transfer_leaves_no_row(transfers: Transfers, postgresql: Engine) -> None:
    with postgresql.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE wide (n int, text text)")
    # Rows that come for as long as somebody reads them.
    asked = {"query": "SELECT generate_series(1, 1000000000) AS n, 'x' AS text"}
    job = transfers.job(("pg", ""), ("pg", "wide"), from_=asked, to={"table": "wide"})
    process = subprocess.Popen([sys.executable, "-m", "lazulite.worker", job.folder])
    copying = "SELECT count(*) FROM pg_stat_progress_copy WHERE tuples_processed > 0"
    with postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        eventually(lambda: connection.exec_driver_sql(copying).scalar(), seconds=60)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        eventually(lambda: not connection.exec_driver_sql(copying).scalar(), seconds=60)
        assert connection.exec_driver_sql("SELECT count(*) FROM wide").scalar() == 0
    outcome = JobFolder(Path(job.folder)).result()
    assert outcome is not None
    assert outcome.status is OutcomeStatus.CANCELED


def within(job: Job) -> None:
    """Run a job, not as a child of this process: a fork's peak begins with what its parent had."""
    subprocess.run([sys.executable, "-m", "lazulite.worker", job.folder], check=True)
    outcome = JobFolder(Path(job.folder)).result()
    assert outcome is not None
    assert outcome.status is OutcomeStatus.COMPLETED, outcome
    peak = int(outcome.facts["peak_memory_bytes"])
    assert peak < _BOUND, f"{peak / (1 << 20):.0f} MB"
