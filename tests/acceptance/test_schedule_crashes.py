"""kill -9 of an engine as a schedule fires: the file that changed starts one run, whoever lives."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lazulite.api.connect import connect
from lazulite.api.service import Service
from lazulite.engine import process
from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.codec import to_data
from lazulite.model.ids import new_id
from lazulite.model.publishing import SCHEDULE_ID
from lazulite.model.run import RunQuery, RunStatus
from lazulite.model.schedule import DataTrigger, Schedule
from lazulite.server import care
from lazulite.testing.publishing_contract import published
from lazulite.testing.sample_runs import wait

HERE = Path(__file__).parent
STORE = "workspaceblobstore"
SOON = 1 / 60


@pytest.fixture
def service(home: Path) -> Service:
    return connect(str(home))


@pytest.fixture
def ws(service: Service) -> str:
    return service.create_workspace(Workspace("", "crashes", "sub", "group")).id


def schedule(service: Service, ws: str) -> Schedule:
    pipeline = published(service, ws)
    made = Schedule(new_id(), "arriving", "files", pipeline.id, trigger=DataTrigger(STORE, "in", SOON))
    service.put_asset(ws, Asset(AssetKind.SCHEDULE, made.id, to_data(made)))
    return made


def started(service: Service, ws: str) -> list[str]:
    return [run.id for run in service.list_runs(ws, RunQuery(properties={SCHEDULE_ID: None}, top_level=True))]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_engine_is_killed_as_a_schedule_fires(service: Service, ws: str, home: Path, moment: str) -> None:
    made = schedule(service, ws)
    service.stop_engine()
    dying = subprocess.Popen(
        [sys.executable, str(HERE / "dying_look.py"), str(home), moment],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    service.put_file(ws, STORE, "in/a.csv", io.BytesIO(b"1"))
    assert dying.wait(60) == -signal.SIGKILL
    assert len(started(service, ws)) == (moment == "after")

    service.start_engine()
    while not (runs := started(service, ws)):
        time.sleep(0.05)
    assert wait(service, ws, runs[0]).status is RunStatus.COMPLETED
    looks = len(service.list_schedule_checks(ws, made.id))
    while len(service.list_schedule_checks(ws, made.id)) < looks + 3:  # and nothing more comes of it
        time.sleep(0.05)
    assert started(service, ws) == runs
    fired = [check.run_ids for check in service.list_schedule_checks(ws, made.id) if check.run_ids]
    assert fired == [tuple(runs)]


@pytest.mark.slow
def test_a_server_starts_the_engine_that_a_schedule_needs(service: Service, ws: str, home: Path) -> None:
    care.look(service)
    assert not service.engine_status().running  # nothing needs one
    made = schedule(service, ws)
    service.stop_engine()
    assert service.engine_status().active_schedules == 1
    care.look(service)
    assert service.engine_status().running
    service.delete_asset(ws, AssetKind.SCHEDULE, made.id)
    assert service.engine_status().active_schedules == 0
    assert process.is_alive(process.home_of(str(home)))
