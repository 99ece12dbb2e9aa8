"""Several processes at once with the records in PostgreSQL, and a database server that goes away for a moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.test_concurrency import (  # noqa: F401 - collected here, with this module's `home`
    test_fifty_runs_of_ten_steps_from_two_processes,
    test_two_processes_submit_at_once,
)
from tests.postgres import Server

from lazulite.model.assets import Workspace
from lazulite.model.run import RunStatus
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission, wait

pytestmark = pytest.mark.slow


@pytest.fixture
def home(postgres_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAZULITE_DATABASE_URL", postgres_url)
    return home


@pytest.mark.slow
def test_a_database_that_was_restarted_is_used_again(postgres: Server, home: Path) -> None:
    """All connections are cut while a step runs: the engine, or the next one, records its end."""
    service = LocalService(str(home))
    workspace = service.create_workspace(Workspace("", "restarted", "sub", "group")).id
    snapshot = store_snapshot(service, workspace, SLOW)
    run = service.submit(workspace, submission(snapshot, "done"))
    wait_until_running(service, workspace, run.id)
    postgres.restart()
    assert wait(service, workspace, run.id).status is RunStatus.COMPLETED


SLOW = b"""
import pathlib, sys, time
time.sleep(4)
pathlib.Path(sys.argv[1], "text").write_text(sys.argv[2])
"""


def wait_until_running(service: LocalService, workspace: str, run_id: str) -> None:
    after = 0
    while service.get_run(workspace, run_id).status is not RunStatus.RUNNING:
        for event in service.get_events(workspace, run_id, after, wait_seconds=1.0):
            after = event.sequence
