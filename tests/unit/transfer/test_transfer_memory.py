"""However much goes by, a transfer needs no more memory: seen from outside, by the kernel."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from tests.unit.transfer.conftest import Transfers

from lazulite.model.job import Outcome, OutcomeStatus

pytestmark = pytest.mark.slow

#: A process that has loaded what it needs has about half of it.
_BOUND = 150 << 20
_ROWS, _WIDTH = 200_000, 1000


def test_rows_out_of_a_database_and_into_one(transfers: Transfers, postgresql: Engine) -> None:
    with postgresql.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE wide (n int, text text)")
    files = transfers.folder("files")
    asked = {"query": f"SELECT n, repeat('x', {_WIDTH}) AS text FROM generate_series(1, {_ROWS}) n"}
    within(transfers.run_as_job(("pg", ""), ("files", "wide.csv"), from_=asked))
    assert (files / "wide.csv").stat().st_size > _BOUND
    within(transfers.run_as_job(("files", "wide.csv"), ("pg", "wide"), to={"table": "wide"}))
    with postgresql.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*), sum(length(text)) FROM wide").one()
    assert tuple(found) == (_ROWS, _ROWS * _WIDTH)


def within(outcome: Outcome) -> None:
    assert outcome.status is OutcomeStatus.COMPLETED, outcome
    peak = int(outcome.facts["peak_memory_bytes"])
    assert peak < _BOUND, f"{peak / (1 << 20):.0f} MB"
