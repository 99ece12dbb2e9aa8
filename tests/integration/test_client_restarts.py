"""A client whose server is replaced, or killed, while it works: it gets what it asked for, once."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from tests.integration.serving import Served, served

from lazulite.api.service import Service
from lazulite.client.remote import RemoteService
from lazulite.model.assets import Workspace
from lazulite.model.run import RunKind, RunQuery, RunStatus
from lazulite.testing.sample_runs import store_snapshot, submission, wait

pytestmark = pytest.mark.slow
LASTS = b"""
import pathlib, sys, time
time.sleep(4)
pathlib.Path(sys.argv[1], "text").write_text(sys.argv[2])
"""


@pytest.fixture
def server(home: Path) -> Iterator[Served]:
    with served(home) as here:
        yield here


@pytest.fixture
def service(server: Served) -> Service:
    return cast("Service", RemoteService(server.url, lambda: server.headers))


@pytest.fixture
def workspace(service: Service) -> str:
    return service.create_workspace(Workspace("", "team", "s", "g")).id


def kill(server: Served) -> None:
    """Kill the process that answers; another one takes its place."""
    for process in server.servers():
        process.kill()


def test_waiting_outlives_servers_that_are_replaced_and_killed(
    server: Served, service: Service, workspace: str
) -> None:
    run = service.submit(workspace, submission(store_snapshot(service, workspace, LASTS)))
    ended: list[RunStatus] = []
    waiting = threading.Thread(target=lambda: ended.append(wait(service, workspace, run.id).status))
    waiting.start()
    while not service.list_runs(workspace, RunQuery(parent_id=run.id, statuses=(RunStatus.RUNNING,))):
        time.sleep(0.05)
    server.process.send_signal(signal.SIGHUP)
    time.sleep(1)  # the script sleeps for longer: that the server is replaced while we wait is the point
    kill(server)
    waiting.join(90)
    assert ended == [RunStatus.COMPLETED]


def test_every_submission_is_one_run_whatever_is_killed(
    server: Served, service: Service, workspace: str
) -> None:
    wanted = submission(store_snapshot(service, workspace))
    submitted: list[str] = []
    for number in range(20):
        killing = threading.Timer(random.random() * 0.1, kill, (server,))
        if number % 5 == 0:
            killing.start()
        submitted.append(service.submit(workspace, wanted).id)
        if number % 5 == 0:
            killing.join()
    found = [run.id for run in service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))]
    assert sorted(found) == sorted(submitted)
