"""The compute contract over processes of this machine, and what only processes can suffer."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lazulite.compute.base import Compute, NodesChanged
from lazulite.compute.processes import ProcessCompute, cluster, nodefile, staff
from lazulite.model.assets import ComputeTarget, NodeState
from lazulite.model.job import Job, OutcomeStatus
from lazulite.testing.compute_contract import (
    WORKSPACE,
    ComputeContract,
    Reports,
    began,
    eventually,
    is_running,
    job_of,
    release,
    waiting_job,
)
from lazulite.worker.folder import JobFolder

Make = Callable[[Reports], Compute]

#: Starts a process beside it and writes both pids.
HELPED = """
import os, pathlib, subprocess, time
here = pathlib.Path(os.environ["LAZULITE_JOB"])
(here / "helper").write_text(str(subprocess.Popen(["sleep", "60"]).pid))
(here / "began").write_text(str(os.getpid()))
time.sleep(60)
"""
#: Takes away the folder in which its outcome is to be.
RUINOUS = """
import os, shutil
shutil.rmtree(os.environ["LAZULITE_JOB"])
"""
#: Does not listen to a request to end.
STUBBORN = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(os.environ["LAZULITE_JOB"], "began").touch()
time.sleep(60)
"""


def written(job: Job, name: str) -> int:
    """The number that the job's script writes into a file of its folder, once it is there."""
    path = Path(job.folder) / name
    return int(eventually(lambda: path.exists() and path.read_text()))


def process_of(job: Job) -> int:
    """The pid of the job's process, once it has one."""
    started = eventually(JobFolder(Path(job.folder)).started)
    assert started is not None
    return started.pid


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def sockets(place: Path) -> Path:
    """The folder of the sockets of a home's nodes."""
    return nodefile.socket_path(place, "any").parent


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path: Path) -> Iterator[None]:
    """No process that knows the test's folder, no socket and no folder of a node outlives a test."""
    yield
    place = tmp_path / "home"
    eventually(lambda: not processes_of(place))
    assert not list(place.glob("nodes/*"))
    folder = sockets(place)
    assert not list(folder.iterdir())
    folder.rmdir()


def commands_of(job: Job) -> list[str]:
    """The words of the command lines of processes that work in the job's folder."""
    words: list[str] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd().startswith(job.folder):
                words += process.cmdline()
    return words


def processes_of(place: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and any(
                str(place) in word for word in process.cmdline()
            ):
                found.append(process.pid)
    return found


@pytest.mark.slow
class TestProcessCompute(ComputeContract):
    @pytest.fixture
    def backend(self) -> type[ProcessCompute]:
        return ProcessCompute

    # --- processes die ---

    def test_a_job_is_lost_with_its_node_and_nothing_of_it_runs_on(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        running, waiting = job_of(place, HELPED), job_of(place)
        compute.launch(running, one)
        compute.launch(waiting, one)
        script, helper = written(running, "began"), written(running, "helper")
        (node,) = compute.nodes()
        assert process_of(running) == node.pid
        kill(node.pid)
        assert "SIGKILL" in reports.lost(running).reason
        eventually(lambda: not is_running(script) and not is_running(helper))
        assert reports.ended(waiting).outcome.status is OutcomeStatus.COMPLETED  # on another node
        assert node.id not in {one.id for one in compute.nodes()}

    def test_a_job_is_lost_when_its_node_is_killed_while_no_engine_looks(
        self, make: Make, place: Path, one: ComputeTarget
    ) -> None:
        first, second = Reports(), Reports()
        old = make(first)
        old.launch(job := job_of(place, HELPED), one)
        script, helper = written(job, "began"), written(job, "helper")
        (node,) = old.nodes()
        old.close(stop_nodes=False)
        kill(node.pid)
        new = make(second)
        new.launch(job, one)
        second.lost(job)
        eventually(lambda: not is_running(script) and not is_running(helper))

    def test_a_job_that_was_asked_to_end_and_is_killed_is_canceled(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        job = job_of(place, STUBBORN)
        compute.launch(job, one)
        eventually(lambda: began(job))
        compute.cancel(job.id)
        time.sleep(0.1)
        assert reports.ends(job) == 0
        kill(process_of(job))
        assert reports.ended(job).outcome.status is OutcomeStatus.CANCELED

    def test_a_canceled_job_whose_process_hangs_is_killed_with_its_script(
        self,
        compute: Compute,
        reports: Reports,
        place: Path,
        one: ComputeTarget,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(cluster, "_HANGING_SECONDS", 0.1)
        monkeypatch.setenv("LAZULITE_CANCEL_GRACE_SECONDS", "0.1")
        job = job_of(place, STUBBORN)
        compute.launch(job, one)
        eventually(lambda: began(job))
        os.kill(process_of(job), signal.SIGSTOP)
        compute.cancel(job.id)
        assert reports.ended(job).outcome.status is OutcomeStatus.CANCELED
        eventually(lambda: not any("step.py" in word for word in commands_of(job)))

    def test_a_node_that_is_killed_while_idle_is_replaced(
        self, compute: Compute, reports: Reports, place: Path
    ) -> None:
        target = ComputeTarget("cpu", min_nodes=1, max_nodes=1)
        compute.resize(WORKSPACE.id, target)
        first = eventually(reports.nodes)[0]
        reports.wait(lambda report: isinstance(report, NodesChanged) and str(report.nodes).find("idle") > 0)
        kill(first.pid)
        second = eventually(lambda: [node for node in reports.nodes() if node.id != first.id])
        compute.launch(job := job_of(place), target)
        assert reports.ended(job).outcome.status is OutcomeStatus.COMPLETED
        assert [node.id for node in compute.nodes()] == [second[0].id]

    # --- nodes that do not come, or do not answer ---

    def test_an_interpreter_that_does_not_become_a_node_fails_its_jobs_with_its_last_words(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        wrong = place / "python"
        wrong.write_text("#!/bin/sh\necho No module named lazulite >&2\nexit 3\n")
        wrong.chmod(0o755)
        jobs = [replace(job_of(place), interpreter=str(wrong)) for _ in range(2)]
        for job in jobs:
            compute.launch(job, one)
        for job in jobs:
            error = reports.ended(job).outcome.error
            assert error is not None
            assert error.code == "ComputeUnavailable"
            assert f"{wrong}: it ended with exit code 3. It must be a Python" in error.message
            assert error.details == "No module named lazulite"

    def test_an_interpreter_that_never_greets_is_given_up(
        self,
        compute: Compute,
        reports: Reports,
        place: Path,
        one: ComputeTarget,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(staff, "_START_SECONDS", 0.1)
        wrong = place / "python"
        wrong.write_text("#!/bin/sh\nexec sleep 60\n")
        wrong.chmod(0o755)
        monkeypatch.setattr("lazulite.compute.processes.link._END_SECONDS", 0.1)
        compute.launch(job := replace(job_of(place), interpreter=str(wrong)), one)
        error = reports.ended(job).outcome.error
        assert error is not None
        assert "it was ended by SIGKILL" in error.message

    def test_an_idle_node_of_an_earlier_engine_that_does_not_answer_is_ended(
        self, make: Make, place: Path, one: ComputeTarget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(staff, "_ANSWER_SECONDS", 0.2)
        first, second = Reports(), Reports()
        old = make(first)
        old.launch(before := job_of(place), one)
        first.ended(before)
        (node,) = old.nodes()
        old.close(stop_nodes=False)
        assert node.pid is not None
        os.kill(node.pid, signal.SIGSTOP)
        new = make(second)
        new.launch(after := job_of(place), one)
        assert second.ended(after).outcome.status is OutcomeStatus.COMPLETED
        assert not is_running(node.pid)

    def test_a_busy_node_of_an_earlier_engine_that_does_not_answer_keeps_its_job(
        self, make: Make, place: Path, one: ComputeTarget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(staff, "_ANSWER_SECONDS", 0.2)
        reports = Reports()
        old = make(Reports())
        old.launch(job := waiting_job(place), one)
        eventually(lambda: began(job))
        (node,) = old.nodes()
        old.close(stop_nodes=False)
        assert node.pid is not None
        os.kill(node.pid, signal.SIGSTOP)
        new = make(reports)
        new.launch(job, one)
        eventually(lambda: [node.job for node in new.nodes()] == [job.id])
        os.kill(node.pid, signal.SIGCONT)
        release(job)
        assert reports.ended(job).outcome.status is OutcomeStatus.COMPLETED
        assert [node.pid for node in new.nodes()] == [node.pid]

    def test_a_node_of_another_version_finishes_its_job_and_takes_no_other(
        self, make: Make, place: Path, one: ComputeTarget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = Reports(), Reports()
        running, waiting = waiting_job(place), job_of(place)
        old = make(first)
        old.launch(running, one)
        eventually(lambda: began(running))
        old.close(stop_nodes=False)
        monkeypatch.setattr(staff, "__version__", "another")
        new = make(second)
        new.launch(running, one)
        new.launch(waiting, one)
        release(running)
        assert second.ended(running).outcome.status is OutcomeStatus.COMPLETED
        assert second.ended(waiting).outcome.status is OutcomeStatus.COMPLETED
        assert new.nodes()[0].id != first.nodes()[0].id

    def test_a_job_whose_outcome_cannot_be_written_is_lost_with_the_reason(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        compute.launch(job := job_of(place, RUINOUS), one)
        assert "without a result" in reports.lost(job).reason
        compute.launch(after := job_of(place), one)
        assert reports.ended(after).outcome.status is OutcomeStatus.COMPLETED
        assert len(compute.nodes()) == 1

    # --- without an engine ---

    def test_nodes_end_by_themselves_when_no_engine_comes(self, make: Make, place: Path) -> None:
        reports = Reports()
        compute = make(reports)
        target = ComputeTarget("cpu", max_nodes=1, idle_seconds_before_scaledown=0.3)
        job = waiting_job(place)
        compute.launch(job, target)
        eventually(lambda: began(job))
        (node,) = compute.nodes()
        compute.close(stop_nodes=False)
        time.sleep(0.4)
        assert is_running(node.pid)  # it has a job
        release(job)
        eventually(lambda: not is_running(node.pid))
        assert JobFolder(Path(job.folder)).result() is not None

    def test_a_node_hears_that_it_is_to_leave_also_from_an_engine_that_is_gone(
        self, make: Make, place: Path, one: ComputeTarget
    ) -> None:
        reports = Reports()
        old = make(reports)
        old.launch(job := job_of(place), one)
        reports.ended(job)
        pid = old.nodes()[0].pid
        assert pid is not None
        old.close(stop_nodes=False)
        os.kill(pid, signal.SIGSTOP)
        make(Reports()).close(stop_nodes=True)
        os.kill(pid, signal.SIGCONT)
        eventually(lambda: not is_running(pid))

    def test_a_node_that_was_idle_for_long_still_waits_for_the_next_engine(
        self, make: Make, place: Path
    ) -> None:
        target = ComputeTarget("cpu", min_nodes=1, max_nodes=1, idle_seconds_before_scaledown=1.0)
        old = make(Reports())
        old.resize(WORKSPACE.id, target)
        (node,) = eventually(lambda: [node for node in old.nodes() if node.state is NodeState.IDLE])
        time.sleep(1.2)
        old.close(stop_nodes=False)
        time.sleep(0.1)
        new = make(Reports())
        new.resize(WORKSPACE.id, target)
        assert eventually(new.nodes)[0].id == node.id

    def test_a_removed_home_ends_nodes_and_jobs(
        self, make: Make, place: Path, one: ComputeTarget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compute = make(Reports())
        compute.launch(job := waiting_job(place), one)
        eventually(lambda: began(job))
        worker = process_of(job)
        compute.close(stop_nodes=False)
        shutil.rmtree(place / "nodes")
        connect_and_hang_up(sockets(place))  # it looks every few seconds, and whenever something happens
        eventually(lambda: not is_running(worker))

    def test_what_a_dead_node_left_is_tidied_up(self, make: Make, place: Path, one: ComputeTarget) -> None:
        reports = Reports()
        compute = make(reports)
        compute.launch(job := job_of(place), one)
        reports.ended(job)
        compute.close(stop_nodes=False)
        kill(reports.nodes()[0].pid)
        (place / "nodes" / "half-made").mkdir()
        assert len(list(place.glob("nodes/*"))) == 2
        later = make(Reports())
        eventually(lambda: not list(place.glob("nodes/*")))
        assert later.nodes() == ()

    # --- the engine's own resources ---

    def test_no_descriptor_and_no_zombie_stays(self, make: Make, place: Path, one: ComputeTarget) -> None:
        process = psutil.Process()
        before = process.num_fds()
        reports = Reports()
        compute = make(reports)
        bad = replace(job_of(place), interpreter=str(place / "none"))
        for job in (job_of(place), bad, job_of(place)):
            compute.launch(job, one)
            reports.ended(job)
        compute.resize(WORKSPACE.id, replace(one, idle_seconds_before_scaledown=0.0))
        eventually(lambda: compute.nodes() == ())
        assert [child for child in process.children() if child.status() == psutil.STATUS_ZOMBIE] == []
        compute.close(stop_nodes=True)
        assert process.num_fds() == before

    def test_folders_and_sockets_of_nodes_are_private(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        compute.launch(job := job_of(place), one)
        reports.ended(job)
        for path in (*place.glob("nodes/*"), sockets(place), sockets(place).parent, Path(job.folder)):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(next(place.glob("nodes/*/node.json")).stat().st_mode) == 0o600


def connect_and_hang_up(folder: Path) -> None:
    import socket

    for place in folder.iterdir():
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(place))
