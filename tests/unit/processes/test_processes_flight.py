"""Jobs in flight: the order in which they wait, and how each ends once. Their folders are real, their nodes are not there."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from lazulite.compute.base import JobEnded, JobLost, Report
from lazulite.compute.processes import jobs
from lazulite.compute.processes.flight import Flight
from lazulite.model.job import Job, Outcome, OutcomeStatus
from lazulite.testing.compute_contract import eventually, is_running, job_of
from lazulite.worker.folder import JobFolder
from lazulite.worker.identity import ProcessIdentity, current, identity_of


@pytest.fixture
def reports() -> list[Report]:
    return []


@pytest.fixture
def flight(reports: list[Report]) -> Flight:
    return Flight(reports.append, lambda process: None)


@pytest.fixture
def helper() -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def several(place: Path, flight: Flight, count: int) -> list[Job]:
    found = [job_of(place) for _ in range(count)]
    for job in found:
        flight.wait(job)
    return found


def placed(place: Path, flight: Flight, process: ProcessIdentity | None = None) -> Job:
    """A job that was given to a node, and taken by a process."""
    job = job_of(place)
    jobs.make_folder(job)
    flight.wait(job)
    flight.place(job)
    if process is not None:
        JobFolder(Path(job.folder)).claim(process)
    return job


def complete(job: Job) -> None:
    now = datetime.now(timezone.utc)
    JobFolder(Path(job.folder)).write_result(Outcome(job.id, OutcomeStatus.COMPLETED, now, now))


def order(flight: Flight) -> list[str]:
    return list(flight.waiting)


# --- waiting ---


def test_a_refused_job_waits_before_all_others(flight: Flight, tmp_path: Path) -> None:
    first, second, third = several(tmp_path, flight, 3)
    flight.place(first)
    flight.place(second)
    assert order(flight) == [third.id]
    flight.refused(second.id, "busy")
    flight.refused(first.id, "busy")
    assert order(flight) == [first.id, second.id, third.id]
    flight.wait(last := job_of(tmp_path))
    assert order(flight)[-1] == last.id


def test_a_job_is_lost_when_it_was_refused_often_enough(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    (job,) = several(tmp_path, flight, 1)
    for number in range(3):
        assert reports == []
        flight.place(job)
        flight.refused(job.id, f"reason {number}")
    assert reports == [JobLost(job.id, "3 nodes did not start the job: reason 2")]
    assert not flight.has(job.id)


def test_jobs_that_nodes_give_back_wait_in_the_order_of_launch(flight: Flight, tmp_path: Path) -> None:
    launched = several(tmp_path, flight, 5)
    for job in launched[:3]:
        flight.place(job)
    for job in (launched[1], launched[2], launched[0]):
        flight.returned(job.id)
    assert order(flight) == [job.id for job in launched]


def test_a_job_that_is_given_back_was_not_tried(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    (job,) = several(tmp_path, flight, 1)
    for _ in range(9):
        flight.place(job)
        flight.returned(job.id)
    for _ in range(9):
        flight.place(job)
        flight.next_gone(job.id, "the node is gone")
    assert reports == []
    assert order(flight) == [job.id]


def test_a_job_that_its_node_began_at_the_very_end_is_lost_with_it(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        taken = identity_of(process.pid)
        process.kill()
    assert taken is not None
    job = placed(tmp_path, flight, taken)
    flight.next_gone(job.id, "the node is gone")
    assert [type(report) for report in reports] == [JobLost]
    assert not flight.has(job.id)


def test_canceled_jobs_leave_the_queue_in_the_order_of_the_requests(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    first, second, third = several(tmp_path, flight, 3)
    assert flight.cancel(third.id)
    assert flight.cancel(first.id)
    assert not flight.cancel("another")
    assert order(flight) == [first.id, second.id, third.id]  # a node may yet say that it has one of them
    flight.drop_canceled()
    assert order(flight) == [second.id]
    assert [report.job_id for report in reports if isinstance(report, JobEnded)] == [third.id, first.id]


def test_a_canceled_job_that_a_node_has_does_not_end_yet(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    (job,) = several(tmp_path, flight, 1)
    flight.cancel(job.id)
    assert flight.found_on_node(job.id) is True
    flight.drop_canceled()
    assert flight.has(job.id)
    assert reports == []


# --- processes that live on ---


def test_a_job_with_a_result_has_ended_although_its_process_lives(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    job = placed(tmp_path, flight, current())
    complete(job)
    flight.process_gone(job.id, "over", lambda process: False)
    assert [type(report) for report in reports] == [JobEnded]


def test_a_job_without_a_result_that_its_node_has_left_is_lost(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    job = placed(tmp_path, flight, current())
    flight.process_gone(job.id, "over", lambda process: process == current())
    assert reports == [JobLost(job.id, "over")]


def test_a_job_that_another_living_process_took_is_watched_until_it_ends(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    job = placed(tmp_path, flight, current())
    flight.process_gone(job.id, "another has it", lambda process: False)
    flight.look()
    assert reports == []
    assert list(flight.strays) == [job.id]
    complete(job)
    flight.look()
    assert [type(report) for report in reports] == [JobEnded]
    assert not flight.has(job.id)


def test_of_a_lost_job_nothing_runs_on_only_if_its_process_is_gone(
    flight: Flight, reports: list[Report], tmp_path: Path
) -> None:
    """A living node's session is where its next job works."""
    leader = subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo $!; read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with leader:
        assert leader.stdout is not None
        child = int(leader.stdout.readline())
        process = identity_of(leader.pid)
        assert process is not None
        living = placed(tmp_path, flight, process)
        flight.process_gone(living.id, "over", lambda other: other == process)
        assert is_running(child)
        dead = placed(tmp_path, flight, process)
        leader.kill()
        leader.wait()
        flight.node_gone(dead.id, "the node is gone")
    assert [type(report) for report in reports] == [JobLost, JobLost]
    eventually(lambda: not is_running(child))


def test_no_signal_reaches_the_process_of_a_job_that_has_ended(
    flight: Flight, reports: list[Report], tmp_path: Path, helper: subprocess.Popen[bytes]
) -> None:
    process = identity_of(helper.pid)
    assert process is not None
    job = placed(tmp_path, flight, process)
    flight.stray(job)
    complete(job)
    flight.cancel(job.id)
    flight.force(job.id)
    assert helper.poll() is None
    flight.look()
    assert [type(report) for report in reports] == [JobEnded]


def test_a_stray_that_hangs_is_killed(
    flight: Flight, reports: list[Report], tmp_path: Path, helper: subprocess.Popen[bytes]
) -> None:
    process = identity_of(helper.pid)
    assert process is not None
    job = placed(tmp_path, flight, process)
    flight.stray(job)
    os.kill(helper.pid, signal.SIGSTOP)  # what is asked is not heard
    flight.cancel(job.id)
    flight.force(job.id)
    helper.wait(10)
    flight.look()
    assert [type(report) for report in reports] == [JobEnded]


@pytest.mark.parametrize("is_written", [False, True])
def test_a_process_that_just_took_a_job_may_write_down_who_it_is(
    flight: Flight, reports: list[Report], tmp_path: Path, is_written: bool
) -> None:
    job = placed(tmp_path, flight)
    JobFolder(Path(job.folder)).claim(current())
    started = Path(job.folder) / "state"
    text = started.read_text()
    started.write_text(text[:10])
    flight.process_gone(job.id, "another has it", lambda process: False, elsewhere=True)
    assert reports == []
    if is_written:
        started.write_text(text)
    flight.look()
    assert [type(report) for report in reports] == ([] if is_written else [JobLost])
