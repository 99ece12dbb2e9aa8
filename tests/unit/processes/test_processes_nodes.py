"""The backend with nodes that are played (`played_node`): they take jobs in their own process and live on after them.

What is counted here is what an event may cost: decisions, reports, files, bytes.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from lazulite.compute.base import JobEnded, JobLost, NodesChanged
from lazulite.compute.processes import ProcessCompute, cluster, schedule, staff
from lazulite.compute.processes.fleet import Fleet
from lazulite.compute.processes.loop import Loop
from lazulite.model.assets import ComputeTarget, Node, NodeState
from lazulite.model.job import Job, OutcomeStatus
from lazulite.testing.compute_contract import Reports, eventually, is_running, job_of
from lazulite.worker.folder import JobFolder

ONE = ComputeTarget("cpu", max_nodes=1, idle_seconds_before_scaledown=60.0)


def played(place: Path, step: str = "step") -> Job:
    return replace(job_of(place, step_name=step), interpreter=str(place / "python"))


def helper_of(job: Job) -> int:
    """The process that runs in the node's session while the job does."""
    path = Path(job.folder) / "helper"
    return int(eventually(lambda: path.exists() and path.read_text()))


def go(job: Job, how: str = "") -> None:
    new = Path(job.folder) / "going"
    new.write_text(how)
    new.rename(Path(job.folder) / "go")


# --- whose process is whose ---


def test_when_a_node_dies_its_job_is_lost_with_all_that_ran_for_it(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    compute.launch(job := played(place, "waits"), ONE)
    helper = helper_of(job)
    pid = compute.nodes()[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert "the node cpu-" in reports.lost(job).reason
    eventually(lambda: not is_running(helper))
    compute.launch(again := played(place), ONE)
    assert reports.ended(again).outcome.status is OutcomeStatus.COMPLETED


def test_a_job_that_its_node_left_is_lost_and_the_node_is_used_again(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    compute.launch(job := played(place, "waits"), ONE)
    helper = helper_of(job)
    go(job, "leave")
    assert reports.lost(job).reason == "it is over"
    compute.launch(after := played(place), ONE)
    reports.ended(after)
    assert is_running(helper)  # the session is the node's, and the node lives
    assert len({node.id for node in every_node(reports)}) == 1
    os.kill(helper, signal.SIGKILL)


def every_node(reports: Reports) -> list[Node]:
    return [node for report in reports.all if isinstance(report, NodesChanged) for node in report.nodes]


@pytest.mark.parametrize("is_canceled", [False, True])
def test_the_next_engine_asks_a_node_about_a_job_that_ended_meanwhile_without_a_result(
    make: Callable[[Reports], ProcessCompute], place: Path, is_canceled: bool
) -> None:
    first, second = Reports(), Reports()
    old = make(first)
    old.launch(job := played(place, "waits"), ONE)
    os.kill(helper_of(job), signal.SIGKILL)
    node = old.nodes()[0]
    old.close(stop_nodes=False)
    go(job, "leave")
    # The node tells nobody that it is over; a job that it has now shows that it is.
    new = make(second)
    eventually(lambda: [seen.state for seen in new.nodes()] == [NodeState.IDLE])
    new.launch(job, ONE)
    if is_canceled:
        new.cancel(job.id)
    over = second.wait(lambda one: isinstance(one, (JobEnded, JobLost)) and one.job_id == job.id)
    if isinstance(over, JobEnded):
        assert is_canceled
        assert over.outcome.status is OutcomeStatus.CANCELED
    else:  # also of a canceled one, if the node answers between the two calls
        assert isinstance(over, JobLost)
        assert over.reason.startswith("its node has left it")
    new.launch(after := played(place), ONE)
    second.ended(after)
    assert [seen.id for seen in new.nodes()] == [node.id]
    assert is_running(node.pid)


def test_the_next_engine_goes_on_with_the_job_of_a_node_and_cancels_it_without_a_signal(
    make: Callable[[Reports], ProcessCompute], place: Path
) -> None:
    first, second = Reports(), Reports()
    old = make(first)
    old.launch(job := played(place, "waits"), ONE)
    os.kill(helper_of(job), signal.SIGKILL)
    node = old.nodes()[0]
    old.close(stop_nodes=False)
    new = make(second)
    new.launch(job, ONE)
    new.cancel(job.id)
    assert second.ended(job).outcome.status is OutcomeStatus.CANCELED
    assert is_running(node.pid)
    assert (first.ends(job), second.ends(job)) == (0, 1)


def test_a_node_that_does_not_answer_keeps_the_job_it_took(
    make: Callable[[Reports], ProcessCompute], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be busy with gigabytes; only a node that has nothing of ours is given up."""
    monkeypatch.setattr(staff, "_ANSWER_SECONDS", 0.1)
    first, second = Reports(), Reports()
    old = make(first)
    old.launch(job := played(place, "waits"), ONE)
    os.kill(helper_of(job), signal.SIGKILL)
    pid = old.nodes()[0].pid
    assert pid is not None
    old.close(stop_nodes=False)
    os.kill(pid, signal.SIGSTOP)
    new = make(second)
    new.launch(job, ONE)
    eventually(lambda: [node.job for node in new.nodes()] == [job.id])
    os.kill(pid, signal.SIGCONT)
    go(job)
    assert second.ended(job).outcome.status is OutcomeStatus.COMPLETED
    assert [node.pid for node in new.nodes()] == [pid]


# --- what an event costs ---


def test_a_thousand_launches_are_one_decision_and_one_report(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions = []
    decide = schedule.decide

    def counted(*given: object) -> object:
        decisions.append(given)
        return decide(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(cluster, "decide", counted)
    reports = Reports()
    turns = Loop("turns")
    fleet = Fleet(turns, place, reports)
    none = replace(ONE, max_nodes=0)
    jobs = [replace(job_of(place), id=f"job-{number}") for number in range(1000)]
    for job in jobs:
        turns.call(partial(fleet.launch, job, none))
    done = threading.Event()
    turns.call(partial(turns.after, 0.0, done.set))
    turns.start()
    assert done.wait(20)
    turns.stop()
    assert len(decisions) == 1
    assert reports.all == [NodesChanged(jobs[0].workspace.id, "cpu", ())]
    assert not any(Path(job.folder).exists() for job in jobs)


def test_short_jobs_cost_few_reports_and_one_result_each(
    compute: ProcessCompute, reports: Reports, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    result = JobFolder.result

    def counted(folder: JobFolder) -> object:
        read.append(folder.path)
        return result(folder)

    monkeypatch.setattr(JobFolder, "result", counted)
    jobs = [played(place) for _ in range(200)]
    for job in jobs:
        compute.launch(job, ONE)
    for job in jobs:
        reports.ended(job)
    assert [str(path) for path in read] == [job.folder for job in jobs]
    assert [report.job_id for report in reports.all if isinstance(report, (JobEnded, JobLost))] == [
        job.id for job in jobs
    ]
    news = sum(isinstance(report, NodesChanged) for report in reports.all)
    assert news < 100  # two for each job they were once
    eventually(
        lambda: [node.state for node in reports.nodes()] == [NodeState.IDLE]
    )  # and the last one counts


def test_calls_that_come_together_wake_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    write = os.write

    def counted(descriptor: int, data: bytes) -> int:
        written.append(data)
        return write(descriptor, data)

    turns = Loop("turns")
    done = threading.Event()
    seen: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", counted)
        for number in range(100):
            turns.call(partial(seen.append, number))
        assert len(written) == 1
    turns.start()
    turns.call(done.set)
    assert done.wait(20)
    turns.stop()
    assert seen == list(range(100))


def test_what_is_to_be_done_once_is_done_once_and_early_enough() -> None:
    turns = Loop("turns")
    done = threading.Event()
    seen: list[str] = []

    def note() -> None:
        seen.append("once")

    def plan() -> None:
        turns.once_in(60.0, note)
        turns.once_in(0.01, note)
        turns.once_in(60.0, note)
        turns.after(0.03, done.set)

    turns.call(plan)
    turns.start()
    assert done.wait(20)
    turns.stop()
    assert seen == ["once"]
