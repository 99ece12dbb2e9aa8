"""Jobs that nodes are given before they are done with the present one, on played nodes (`played_node`).

Seconds are stretched, so that a job counts as short until the test says otherwise.
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lazulite.compute.base import JobEnded, JobLost
from lazulite.compute.processes import ProcessCompute, ahead
from lazulite.model.assets import ComputeTarget
from lazulite.model.job import Job, OutcomeStatus
from lazulite.testing.compute_contract import WORKSPACE, Reports, eventually, job_of
from lazulite.worker.folder import JobFolder

ONE = ComputeTarget("cpu", max_nodes=1, idle_seconds_before_scaledown=60.0)
TWO = replace(ONE, max_nodes=2)
LONG, BRIEF = 60.0, 0.3


@pytest.fixture(autouse=True)
def short_lasts_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_SHORT_SECONDS", LONG)


def played(place: Path, step: str = "step") -> Job:
    return replace(job_of(place, step_name=step), interpreter=str(place / "python"))


def launch(compute: ProcessCompute, target: ComputeTarget, *jobs: Job) -> tuple[Job, ...]:
    for job in jobs:
        compute.launch(job, target)
    return jobs


def run_short_ones(compute: ProcessCompute, reports: Reports, place: Path, target: ComputeTarget) -> None:
    """Let all nodes come, and the target learn that its jobs are short."""
    first = launch(compute, target, *(played(place, "stays") for _ in range(target.max_nodes)))
    for job in first:
        begun(job)
    for job in first:
        go(job)
    completed(reports, *first)
    for _ in range(4):
        completed(reports, *launch(compute, target, played(place)))


def heard(place: Path, kind: str, job: Job) -> int:
    """How often nodes heard that about the job."""
    logs = [path.read_text() for path in place.glob("nodes/*/node.log")]
    return sum(log.splitlines().count(f"{kind} {job.id}") for log in logs)


def is_begun(job: Job) -> bool:
    return JobFolder(Path(job.folder)).started() is not None


def begun(job: Job) -> None:
    eventually(lambda: is_begun(job))


def is_staying(job: Job) -> bool:
    return job.step_name == "stays" and is_begun(job)


def go(job: Job) -> None:
    (Path(job.folder) / "go").touch()


def completed(reports: Reports, *jobs: Job) -> None:
    for job in jobs:
        assert reports.ended(job).outcome.status is OutcomeStatus.COMPLETED


def one_held(
    compute: ProcessCompute, reports: Reports, place: Path, target: ComputeTarget
) -> tuple[tuple[Job, ...], Job]:
    """As many jobs that stay as the target has nodes, and one that the node of the first holds."""
    run_short_ones(compute, reports, place, target)
    staying = tuple(played(place, "stays") for _ in range(target.max_nodes))
    for job in staying:
        launch(compute, target, job)
        begun(job)
    (held,) = launch(compute, target, played(place))
    eventually(lambda: heard(place, "run", held))
    assert not is_begun(held)
    return staying, held


# --- given ---


def test_a_node_whose_jobs_were_short_holds_the_next_one(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    (staying,), held = one_held(compute, reports, place, ONE)
    (third,) = launch(compute, ONE, played(place))
    go(staying)
    completed(reports, staying, held, third)
    order = [report.job_id for report in reports.all if isinstance(report, JobEnded)]
    assert order[-3:] == [staying.id, held.id, third.id]
    assert heard(place, "run", held) == heard(place, "run", third) == 1


def test_nothing_is_given_ahead_where_nothing_is_known_to_be_short(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    staying, other = launch(compute, ONE, played(place, "stays"), played(place))
    begun(staying)
    compute.cancel(other.id)
    assert reports.ended(other).outcome.status is OutcomeStatus.CANCELED
    go(staying)
    completed(reports, staying)
    assert heard(place, "run", other) == 0


def test_after_a_long_job_nothing_is_given_ahead(
    compute: ProcessCompute, reports: Reports, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_short_ones(compute, reports, place, ONE)
    (staying,) = launch(compute, ONE, played(place, "stays"))
    begun(staying)
    monkeypatch.setattr(ahead, "_SHORT_SECONDS", 0.0)
    go(staying)
    completed(reports, staying)
    monkeypatch.setattr(ahead, "_SHORT_SECONDS", LONG)
    test_nothing_is_given_ahead_where_nothing_is_known_to_be_short(compute, reports, place)


def test_a_job_for_another_interpreter_is_not_given_ahead_nor_overtaken(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    run_short_ones(compute, reports, place, ONE)
    other = place / "other"
    other.write_text((place / "python").read_text())
    other.chmod(0o755)
    (staying,) = launch(compute, ONE, played(place, "stays"))
    begun(staying)
    second, third = launch(compute, ONE, replace(played(place), interpreter=str(other)), played(place))
    go(staying)
    completed(reports, staying, second, third)
    order = [report.job_id for report in reports.all if isinstance(report, JobEnded)]
    assert order[-3:] == [staying.id, second.id, third.id]
    first_node, second_node, third_node = (
        JobFolder(Path(job.folder)).started() for job in (staying, second, third)
    )
    assert first_node != second_node != third_node


# --- taken back ---


def test_an_idle_node_gets_what_another_one_holds(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    (first, second), held = one_held(compute, reports, place, TWO)
    go(second)
    completed(reports, second, held)
    assert heard(place, "take_back", held) == 1
    assert reports.ends(first) == 0
    go(first)
    completed(reports, first)


def test_what_waits_behind_long_jobs_is_taken_back_and_keeps_its_order(
    compute: ProcessCompute, reports: Reports, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_short_ones(compute, reports, place, TWO)
    monkeypatch.setattr(ahead, "_SHORT_SECONDS", BRIEF)
    first, second = launch(compute, TWO, played(place, "stays"), played(place, "stays"))
    others = launch(compute, TWO, *(played(place) for _ in range(3)))
    begun(first)
    begun(second)
    eventually(lambda: all(heard(place, "take_back", job) == 1 for job in others[:2]))
    go(first)
    completed(reports, first, *others)
    order = [report.job_id for report in reports.all if isinstance(report, JobEnded)]
    assert order[-4:] == [job.id for job in (first, *others)]
    assert reports.ends(second) == 0
    go(second)
    completed(reports, second)


def test_a_job_that_is_canceled_while_a_node_holds_it_never_begins(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    (staying,), held = one_held(compute, reports, place, ONE)
    compute.cancel(held.id)
    assert reports.ended(held).outcome.status is OutcomeStatus.CANCELED
    assert reports.ends(staying) == 0
    go(staying)
    completed(reports, staying)
    assert not is_begun(held)


def test_a_smaller_target_takes_back_what_its_nodes_hold(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    (first, second), held = one_held(compute, reports, place, TWO)
    compute.resize(WORKSPACE.id, ONE)
    eventually(lambda: heard(place, "take_back", held) == 1)
    go(first)
    completed(reports, first)
    assert not is_begun(held)  # one node works, and no more may
    go(second)
    completed(reports, second, held)


def test_when_the_target_is_deleted_what_its_nodes_hold_fails(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    (staying,), held = one_held(compute, reports, place, ONE)
    compute.remove(WORKSPACE.id, "cpu")
    error = reports.ended(held).outcome.error
    assert error is not None
    assert error.code == "ComputeUnavailable"
    assert not is_begun(held)
    go(staying)
    completed(reports, staying)


# --- somebody dies ---


def test_a_job_is_not_lost_with_the_node_that_held_it(
    compute: ProcessCompute, reports: Reports, place: Path
) -> None:
    (staying,), held = one_held(compute, reports, place, ONE)
    pid = compute.nodes()[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    reports.lost(staying)
    completed(reports, held)
    assert (reports.ends(staying), reports.ends(held)) == (1, 1)


def test_a_node_forgets_what_it_holds_for_an_engine_that_is_gone(
    make: Callable[[Reports], ProcessCompute], place: Path
) -> None:
    first, second = Reports(), Reports()
    old = make(first)
    (staying,), held = one_held(old, first, place, ONE)
    old.close(stop_nodes=False)
    new = make(second)
    launch(new, ONE, staying)
    go(staying)
    completed(second, staying)
    assert not is_begun(held)
    launch(new, ONE, held)
    completed(second, held)
    assert first.ends(held) == 0


# --- whatever happens ---


@pytest.mark.parametrize("seed", range(3))
def test_every_job_ends_once(
    compute: ProcessCompute, reports: Reports, place: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(ahead, "_SHORT_SECONDS", 0.02)
    chance = random.Random(seed)
    jobs = [played(place, "stays" if chance.random() < 0.1 else "step") for _ in range(120)]
    canceled = set()
    for number, job in enumerate(jobs):
        compute.launch(job, TWO)
        if chance.random() < 0.1:
            compute.cancel(unlucky := chance.choice(jobs[: number + 1]).id)
            canceled.add(unlucky)
        if chance.random() < 0.05:
            compute.resize(WORKSPACE.id, replace(TWO, max_nodes=chance.choice([1, 2, 3])))
        if number % 10 == 0:
            for one in filter(is_staying, jobs[:number]):
                go(one)
    open_jobs = jobs
    while open_jobs := [job for job in open_jobs if not reports.ends(job)]:
        eventually(lambda: reports.ends(open_jobs[0]) or any(map(is_staying, open_jobs)))
        for one in filter(is_staying, open_jobs):
            go(one)
    for job in jobs:
        status = reports.ended(job).outcome.status
        assert status is OutcomeStatus.COMPLETED or job.id in canceled
    ends = Counter(report.job_id for report in reports.all if isinstance(report, (JobEnded, JobLost)))
    assert ends == Counter(job.id for job in jobs)
