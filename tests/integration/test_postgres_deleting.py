"""Deleting beside an engine with the records in PostgreSQL, where two who write do not take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from tests.unit.records.samples import add_pipeline, status

from lazulite.model.assets import Workspace
from lazulite.model.ids import new_id
from lazulite.model.run import RunStatus
from lazulite.records import recording
from lazulite.records.database import open_records
from lazulite.records.deleting import Plan
from lazulite.records.records import Records

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def records(postgres_url: str) -> Iterator[Records]:
    opened = open_records(postgres_url)
    yield opened
    opened.close()


def test_a_run_whose_work_is_taken_over_at_this_moment_is_kept(records: Records) -> None:
    workspace = records.add_workspace(Workspace(new_id(), "here", "sub", "group")).id
    old, (source,) = add_pipeline(records, workspace, "a")
    done = RunStatus.COMPLETED
    records.record(old.id, [status(source, done, reusable_key="key"), status(old, done)])
    new, (taker,) = add_pipeline(records, workspace, "a")
    found: list[Plan] = []
    deleter = threading.Thread(target=lambda: found.append(records.mark_deleted(workspace, [old.id])))
    with records._database.write() as connection:
        recording.record(connection, new.id, [status(taker, done, reused_run_id=source.id)])
        deleter.start()
        while deleter.is_alive() and not _somebody_waits(records):
            deleter.join(0.01)
    deleter.join(30)
    assert source.id not in found[0].going
    assert found[0].kept[source.id] == (taker.id,)


def _somebody_waits(records: Records) -> bool:
    with records._database.read() as connection:
        return bool(connection.execute(_WAITING).scalar())
