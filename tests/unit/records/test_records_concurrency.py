"""Several processes and threads at once, forks, and processes that are killed while they write."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.unit.records import writer
from tests.unit.records.samples import run

from lazulite.model.assets import AssetKind, Workspace
from lazulite.model.run import RunKind, RunQuery, RunStatus
from lazulite.records.database import open_records
from lazulite.records.records import Records

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def test_processes_that_write_at_once_wait_for_each_other(records: Records, ws: str, location: str) -> None:
    workers, rounds = 4, 15
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = [pool.submit(writer.write, location, ws, f"w{n}", rounds) for n in range(workers)]
        numbers = [number for job in jobs for number in job.result(timeout=120)]
    total = workers * rounds
    assert sorted(numbers) == list(range(1, total + 1))
    assert [one.version for one in records.assets(ws, AssetKind.MODEL, "shared")] == list(range(1, total + 1))
    ended = records.runs(ws, RunQuery(statuses=(RunStatus.COMPLETED,)))
    assert len(ended) == 3 * total


def test_processes_may_open_a_new_home_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=context) as pool:
        jobs = [pool.submit(_add_workspace, str(tmp_path / "home"), f"w{n}") for n in range(8)]
        added = {job.result(timeout=60) for job in jobs}
    records = open_records(tmp_path / "home")
    assert {workspace.id for workspace in records.workspaces()} == added
    records.close()


def _add_workspace(location: str, name: str) -> str:
    records = open_records(location)
    added = records.add_workspace(Workspace("", name, "s", "g"))
    records.close()
    return added.id


def test_threads_share_the_records(records: Records, ws: str) -> None:
    def add(_: int) -> int:
        added = records.add_run(run(ws))
        assert records.run(ws, added.id) == added
        records.data_version()
        return added.number

    with ThreadPoolExecutor(20) as pool:
        numbers = list(pool.map(add, range(100)))
    assert sorted(numbers) == list(range(1, 101))


@pytest.mark.skipif(sys.platform == "darwin", reason="fork is not safe with the frameworks of macOS")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_opens_its_own_connections(records: Records, ws: str) -> None:
    records.data_version()
    child = os.fork()
    if child == 0:
        try:
            for _ in range(5):
                records.add_run(run(ws))
            records.data_version()
            records.close()
        except BaseException:  # noqa: BLE001 - the parent is told by the exit code
            os._exit(1)
        os._exit(0)
    for _ in range(5):
        records.add_run(run(ws))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sorted(one.number for one in records.runs(ws, RunQuery())) == list(range(1, 11))


def test_a_killed_writer_leaves_whole_transactions(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ws = _add_workspace(str(home), "w")
    reported: list[str] = []
    for lines in (1, 4, 9):
        reported += _kill_after(lines, home, ws)
    records = open_records(home)
    pipelines = records.runs(ws, RunQuery(kind=RunKind.PIPELINE))
    assert {one.id for one in pipelines} >= set(reported)
    assert sorted(one.number for one in pipelines) == list(range(1, len(pipelines) + 1))
    for one in pipelines:
        assert len(records.steps_of(one.id)) == 2
        assert records.submission(ws, one.id).experiment == "exp"
        assert len(records.events(one.id)) in (1, 4, 7)
    for run_id in reported:  # what a call returned from is there
        assert records.run(ws, run_id).status is RunStatus.COMPLETED
    assert records.add_run(run(ws)).number == len(pipelines) + 1
    records.close()
    raw = sqlite3.connect(home / "lazulite.db")
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()


def _kill_after(lines: int, home: Path, ws: str) -> list[str]:
    """Start a writer, kill it after it reported that many rounds, and return their runs' ids."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.records.writer", str(home), ws],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as stdout:
        seen = [stdout.readline().strip() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert all(seen)
    return seen
