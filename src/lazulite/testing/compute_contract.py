"""What every compute backend must do, as tests.

    class TestMyCompute(ComputeContract):
        @pytest.fixture
        def backend(self): return MyCompute

Jobs are real: small scripts, staged and run by the worker on nodes of the backend, in a home folder of the test.
"""

from __future__ import annotations

import hashlib
import io
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lazulite.compute.base import Compute, JobEnded, JobLost, JobStage, NodesChanged, Report
from lazulite.model.assets import ComputeTarget, Datastore, Node, NodeState, Workspace
from lazulite.model.job import Job, JobOutput, OutcomeStatus
from lazulite.model.plan import OutputArgument, RunScript
from lazulite.model.run import RunStatus
from lazulite.model.snapshot import Snapshot, SnapshotFile
from lazulite.storage.blobs import BlobStore
from lazulite.worker.folder import JobFolder

T = TypeVar("T")
WORKSPACE = Workspace("workspace-1", "contract", "subscription", "group")
NOTHING = "pass\n"
#: Writes `began` with its start time, waits for a file `go` beside it, and then writes its output.
WAIT = """
import os, pathlib, sys, time
here = pathlib.Path(os.environ["LAZULITE_JOB"])
(here / "began").write_text(str(time.time()))
while not (here / "go").exists():
    time.sleep(0.005)
pathlib.Path(sys.argv[1], "text").write_text("done")
"""


def store_files(blobs: Path, files: Mapping[str, str]) -> str:
    """Store a snapshot of these texts by path; return its id."""
    store = BlobStore(blobs)
    found = []
    for path, text in sorted(files.items()):
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        store.put(digest, io.BytesIO(data))
        found.append(SnapshotFile(path, digest, len(data)))
    snapshot = Snapshot(tuple(found))
    store.put(snapshot.id, io.BytesIO(snapshot.manifest.encode()))
    return snapshot.id


def job_of(home: Path, script: str = NOTHING, **changes: Any) -> Job:
    """Return a job that runs a script `step.py`. `changes` are fields of `Job`; `files` more files of the snapshot."""
    files = {"step.py": script, **changes.pop("files", {})}
    run = str(uuid.uuid4())
    (home / "data").mkdir(parents=True, exist_ok=True)
    job = Job(
        id=f"{run}-1",
        run_id=run,
        pipeline_run_id=str(uuid.uuid4()),
        attempt=1,
        step_name="step",
        step_type="PythonScriptStep",
        experiment="contract",
        workspace=WORKSPACE,
        compute="cpu",
        home=str(home),
        folder=str(home / "jobs" / run),
        blobs=str(home / "blobs"),
        snapshot=store_files(home / "blobs", files),
        interpreter=sys.executable,
        action=RunScript("step.py"),
        artifact_datastore="data",
        artifact_path=f"azureml/ExperimentRun/dcid.{run}",
        datastores={"data": Datastore("data", folder=str(home / "data"))},
    )
    return replace(job, **changes)


def waiting_job(home: Path) -> Job:
    """Return a job that runs until `release` is called, and then writes its one output `text`."""
    job = job_of(home, WAIT)
    output = JobOutput("text", "data", f"azureml/{job.run_id}/text")
    return replace(job, outputs=(output,), arguments=(OutputArgument("text"),))


def release(job: Job) -> None:
    """Let a job of `waiting_job` end."""
    Path(job.folder).mkdir(parents=True, exist_ok=True)
    (Path(job.folder) / "go").touch()


def began(job: Job) -> bool:
    """Whether the script of a `waiting_job` runs."""
    return (Path(job.folder) / "began").exists()


def eventually(condition: Callable[[], T], seconds: float = 20.0) -> T:
    """Return what `condition` gives as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
    return found


class Reports:
    """Takes the reports of a backend, and lets a test wait for one."""

    def __init__(self) -> None:
        self.all: list[Report] = []
        self._changed = threading.Condition()

    def __call__(self, report: Report) -> None:
        with self._changed:
            self.all.append(report)
            self._changed.notify_all()

    def wait(self, find: Callable[[Report], bool], seconds: float = 20.0) -> Report:
        """Return the first report that `find` accepts."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(find, self.all)), seconds)
            found = [report for report in self.all if find(report)]
            assert found, f"not reported in {seconds} s; reported were: {self.all}"
            return found[0]

    def ended(self, job: Job) -> JobEnded:
        """Wait for the end of the job."""
        found = self.wait(lambda report: isinstance(report, (JobEnded, JobLost)) and report.job_id == job.id)
        assert isinstance(found, JobEnded), found
        return found

    def lost(self, job: Job) -> JobLost:
        """Wait until the job is lost."""
        found = self.wait(lambda report: isinstance(report, (JobEnded, JobLost)) and report.job_id == job.id)
        assert isinstance(found, JobLost), found
        return found

    def stage(self, job: Job, stage: RunStatus = RunStatus.RUNNING) -> None:
        """Wait until the job reaches a stage."""
        self.wait(lambda report: report == JobStage(job.id, stage))

    def ends(self, job: Job) -> int:
        """How often the job was reported to be over."""
        return sum(isinstance(report, (JobEnded, JobLost)) and report.job_id == job.id for report in self.all)

    def nodes(self) -> tuple[Node, ...]:
        """The nodes as reported last."""
        found = [report.nodes for report in list(self.all) if isinstance(report, NodesChanged)]
        return found[-1] if found else ()


class ComputeContract:
    """Subclass it, and give the backend's class by the fixture `backend`."""

    @pytest.fixture
    def backend(self) -> type[Compute]:
        raise NotImplementedError

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        """The home folder."""
        return tmp_path / "home"

    @pytest.fixture
    def reports(self) -> Reports:
        return Reports()

    @pytest.fixture
    def make(self, backend: type[Compute], place: Path) -> Iterator[Callable[[Reports], Compute]]:
        """Construct backends over the same home, as engines that follow each other do."""
        made: list[Compute] = []
        place.mkdir(exist_ok=True)

        def construct(reports: Reports) -> Compute:
            made.append(backend(place, reports))
            return made[-1]

        yield construct
        for compute in made[:-1]:
            compute.close(stop_nodes=False)
        if made:
            for node in made[-1].nodes():
                if node.job is not None:
                    made[-1].cancel(node.job)
            eventually(lambda: all(node.job is None for node in made[-1].nodes()))
            made[-1].close(stop_nodes=True)

    @pytest.fixture
    def compute(self, make: Callable[[Reports], Compute], reports: Reports) -> Compute:
        return make(reports)

    @pytest.fixture
    def one(self) -> ComputeTarget:
        """A target of at most one node."""
        return ComputeTarget("cpu", max_nodes=1, idle_seconds_before_scaledown=60.0)

    # --- one job ---

    def test_a_job_runs_through_its_stages_and_ends(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        job = waiting_job(place)
        release(job)
        compute.launch(job, one)
        ended = reports.ended(job)
        assert ended.outcome.status is OutcomeStatus.COMPLETED
        assert ended.outcome.exit_code == 0
        assert [record.name for record in ended.outcome.outputs] == ["text"]
        assert (place / "data" / "azureml" / job.run_id / "text" / "text").read_text() == "done"
        stages = [report.stage for report in reports.all if isinstance(report, JobStage)]
        assert stages == [RunStatus.PREPARING, RunStatus.RUNNING, RunStatus.FINALIZING]
        assert all(isinstance(report, NodesChanged) for report in reports.all[reports.all.index(ended) + 1 :])

    def test_a_failing_script_is_an_outcome(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        job = job_of(place, "raise ValueError('as asked')")
        compute.launch(job, one)
        outcome = reports.ended(job).outcome
        assert outcome.status is OutcomeStatus.FAILED
        assert outcome.error is not None
        assert "ValueError: as asked" in outcome.error.message
        assert outcome.exit_code == 1

    def test_launching_again_what_runs_changes_nothing(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        running, queued = waiting_job(place), waiting_job(place)
        for job in (running, queued, queued, running):
            compute.launch(job, one)
        reports.stage(running)
        compute.launch(running, one)
        release(running)
        release(queued)
        reports.ended(queued)
        assert (reports.ends(running), reports.ends(queued)) == (1, 1)

    def test_launching_again_what_ended_reports_it_again_and_runs_nothing(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        job = waiting_job(place)
        release(job)
        compute.launch(job, one)
        first = reports.ended(job)
        at = (Path(job.folder) / "began").read_text()
        compute.launch(job, one)
        eventually(lambda: reports.ends(job) == 2)
        assert [report for report in reports.all if isinstance(report, JobEnded)] == [first, first]
        assert (Path(job.folder) / "began").read_text() == at

    def test_a_job_that_cannot_be_started_fails_and_others_run(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        missing = str(place / "no-such-python")
        bad = [replace(job_of(place), interpreter=missing) for _ in range(2)]
        (place / "file").touch()
        unwritable = replace(job_of(place), folder=str(place / "file" / "job"))
        good = job_of(place)
        for job in (*bad, unwritable, good):
            compute.launch(job, one)
        assert reports.ended(good).outcome.status is OutcomeStatus.COMPLETED
        for job, named in ((bad[0], missing), (bad[1], missing), (unwritable, str(place / "file"))):
            outcome = reports.ended(job).outcome
            assert outcome.status is OutcomeStatus.FAILED
            assert outcome.error is not None
            assert named in outcome.error.message

    # --- several jobs ---

    def test_one_node_runs_jobs_one_by_one_in_the_order_of_launch(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        jobs = [waiting_job(place) for _ in range(4)]
        for job in jobs:
            release(job)
            compute.launch(job, one)
        for job in jobs:
            reports.ended(job)
        order = [report.job_id for report in reports.all if isinstance(report, JobEnded)]
        assert order == [job.id for job in jobs]
        assert max(len(report.nodes) for report in reports.all if isinstance(report, NodesChanged)) == 1

    def test_two_nodes_run_two_jobs_at_once(self, compute: Compute, reports: Reports, place: Path) -> None:
        target = ComputeTarget("cpu", max_nodes=2)
        jobs = [waiting_job(place) for _ in range(3)]
        for job in jobs:
            compute.launch(job, target)
        eventually(lambda: began(jobs[0]) and began(jobs[1]))
        assert not began(jobs[2])
        for job in jobs:
            release(job)
            assert reports.ended(job).outcome.status is OutcomeStatus.COMPLETED

    # --- cancellation ---

    def test_a_running_job_is_canceled(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        job = waiting_job(place)
        compute.launch(job, one)
        eventually(lambda: began(job))
        compute.cancel(job.id)
        compute.cancel(job.id)
        assert reports.ended(job).outcome.status is OutcomeStatus.CANCELED

    def test_a_waiting_job_is_canceled_and_never_runs(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        running, waiting = waiting_job(place), waiting_job(place)
        compute.launch(running, one)
        compute.launch(waiting, one)
        reports.stage(running)
        compute.cancel(waiting.id)
        assert reports.ended(waiting).outcome.status is OutcomeStatus.CANCELED
        release(running)
        assert reports.ended(running).outcome.status is OutcomeStatus.COMPLETED
        assert not began(waiting)

    def test_a_job_canceled_right_after_its_launch_ends_as_canceled(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        compute.launch(warm := job_of(place), one)
        reports.ended(warm)
        for _ in range(5):
            job = waiting_job(place)
            compute.launch(job, one)
            compute.cancel(job.id)
            assert reports.ended(job).outcome.status is OutcomeStatus.CANCELED

    def test_canceling_what_is_not_there_does_nothing(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        compute.cancel("no-such-job")
        compute.launch(job := job_of(place), one)
        assert reports.ended(job).outcome.status is OutcomeStatus.COMPLETED

    # --- the engine is replaced ---

    def test_the_next_engine_watches_a_running_job(
        self, make: Callable[[Reports], Compute], place: Path, one: ComputeTarget
    ) -> None:
        first, second = Reports(), Reports()
        job, canceled = waiting_job(place), waiting_job(place)
        old = make(first)
        two = replace(one, max_nodes=2)
        old.launch(job, two)
        old.launch(canceled, two)
        eventually(lambda: began(job) and began(canceled))
        old.close(stop_nodes=False)
        new = make(second)
        new.launch(job, two)
        new.launch(canceled, two)
        new.cancel(canceled.id)
        second.stage(job)
        assert second.ended(canceled).outcome.status is OutcomeStatus.CANCELED
        release(job)
        assert second.ended(job).outcome.status is OutcomeStatus.COMPLETED
        assert second.ends(job) == 1
        assert first.ends(job) == 0

    def test_the_next_engine_reports_a_job_that_ended_meanwhile(
        self, make: Callable[[Reports], Compute], place: Path, one: ComputeTarget
    ) -> None:
        first, second = Reports(), Reports()
        job = waiting_job(place)
        old = make(first)
        old.launch(job, one)
        first.stage(job)
        old.close(stop_nodes=False)
        release(job)
        eventually(JobFolder(Path(job.folder)).has_result)
        make(second).launch(job, one)
        assert second.ended(job).outcome.status is OutcomeStatus.COMPLETED

    def test_the_next_engine_runs_jobs_that_waited_on_the_same_node(
        self, make: Callable[[Reports], Compute], place: Path, one: ComputeTarget
    ) -> None:
        first, second = Reports(), Reports()
        running, waiting = waiting_job(place), waiting_job(place)
        old = make(first)
        old.launch(running, one)
        old.launch(waiting, one)
        first.stage(running)
        old.close(stop_nodes=False)
        new = make(second)
        new.launch(running, one)
        new.launch(waiting, one)
        release(running)
        release(waiting)
        assert second.ended(running).outcome.status is OutcomeStatus.COMPLETED
        assert second.ended(waiting).outcome.status is OutcomeStatus.COMPLETED
        assert {node.id for node in second.nodes()} == {node.id for node in first.nodes()}

    def test_an_engine_replaced_right_after_a_launch_runs_the_job_once(
        self, make: Callable[[Reports], Compute], place: Path, one: ComputeTarget
    ) -> None:
        old = make(Reports())
        for _ in range(4):
            job = waiting_job(place)
            old.launch(job, one)
            old.close(stop_nodes=False)
            reports = Reports()
            old = make(reports)
            old.launch(job, one)
            eventually(partial(began, job))
            release(job)
            assert reports.ended(job).outcome.status is OutcomeStatus.COMPLETED
            assert reports.ends(job) == 1

    @pytest.mark.slow
    def test_a_job_goes_on_when_the_engine_ends_and_its_node_then_ends(
        self, make: Callable[[Reports], Compute], place: Path, one: ComputeTarget
    ) -> None:
        reports = Reports()
        job, idle = waiting_job(place), job_of(place)
        old = make(reports)
        two = replace(one, max_nodes=2)
        old.launch(job, two)
        old.launch(idle, two)
        reports.ended(idle)
        eventually(lambda: began(job))
        pids = {node.pid: node.job for node in old.nodes()}
        old.close(stop_nodes=True)
        gone = next(pid for pid, running in pids.items() if running is None)
        stays = next(pid for pid, running in pids.items() if running is not None)
        eventually(lambda: not is_running(gone))
        assert is_running(stays)
        release(job)
        eventually(lambda: not is_running(stays))
        assert JobFolder(Path(job.folder)).has_result()

    # --- nodes ---

    def test_the_least_number_of_nodes_is_kept(self, compute: Compute, reports: Reports, place: Path) -> None:
        target = ComputeTarget("cpu", min_nodes=2, max_nodes=2, idle_seconds_before_scaledown=0.05)
        compute.resize(WORKSPACE.id, target)
        reports.wait(lambda report: _states(report) == [NodeState.IDLE, NodeState.IDLE])
        time.sleep(0.15)
        nodes = compute.nodes()
        assert [node.state for node in nodes] == [NodeState.IDLE, NodeState.IDLE]
        assert {node.id for node in nodes} == {node.id for node in reports.nodes()}
        compute.resize(WORKSPACE.id, replace(target, min_nodes=0, max_nodes=0))
        eventually(lambda: reports.nodes() == ())
        assert not any(is_running(node.pid) for node in nodes)

    def test_a_node_that_is_idle_for_long_enough_ends(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        compute.launch(job := job_of(place), one)
        reports.ended(job)
        (node,) = compute.nodes()
        assert is_running(node.pid)
        compute.resize(WORKSPACE.id, replace(one, idle_seconds_before_scaledown=0.1))
        eventually(lambda: compute.nodes() == () and reports.nodes() == ())
        assert not is_running(node.pid)

    def test_a_target_made_smaller_shrinks_although_jobs_wait(
        self, compute: Compute, reports: Reports, place: Path
    ) -> None:
        target = ComputeTarget("cpu", max_nodes=2)
        jobs = [waiting_job(place) for _ in range(4)]
        for job in jobs:
            compute.launch(job, target)
        eventually(lambda: began(jobs[0]) and began(jobs[1]))
        compute.resize(WORKSPACE.id, replace(target, max_nodes=1))
        for job in jobs[:2]:
            release(job)
            reports.ended(job)
        eventually(lambda: began(jobs[2]))
        eventually(lambda: len(compute.nodes()) == 1)
        assert not began(jobs[3])
        for job in jobs[2:]:
            release(job)
            reports.ended(job)

    def test_nodes_are_reported_with_what_they_run(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        job = waiting_job(place)
        compute.launch(job, one)
        reports.stage(job)
        (node,) = reports.nodes()
        assert (node.compute, node.state, node.job, node.run_id) == (
            "cpu",
            NodeState.RUNNING,
            job.id,
            job.run_id,
        )
        assert is_running(node.pid)
        release(job)
        reports.ended(job)
        eventually(lambda: [node.state for node in reports.nodes()] == [NodeState.IDLE])
        assert reports.nodes()[0].job is None

    def test_a_deleted_target_ends_its_nodes_with_their_jobs(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        running, waiting = waiting_job(place), waiting_job(place)
        compute.launch(running, one)
        compute.launch(waiting, one)
        eventually(lambda: began(running))
        compute.remove(WORKSPACE.id, "cpu")
        error = reports.ended(waiting).outcome.error
        assert error is not None
        assert "'cpu' was deleted" in error.message
        release(running)
        assert reports.ended(running).outcome.status is OutcomeStatus.COMPLETED
        eventually(lambda: compute.nodes() == () and reports.nodes() == ())

    def test_closing_twice_and_calling_afterwards_is_harmless(
        self, compute: Compute, reports: Reports, place: Path, one: ComputeTarget
    ) -> None:
        compute.close(stop_nodes=True)
        compute.launch(job_of(place), one)
        assert compute.nodes() == ()
        compute.close(stop_nodes=True)
        assert not any(isinstance(report, JobEnded) for report in reports.all)


def is_running(pid: int | None) -> bool:
    """Whether a process with this pid runs."""
    if pid is None:
        return False
    from lazulite.worker.identity import identity_of

    return identity_of(pid) is not None


def _states(report: Report) -> list[NodeState]:
    return [node.state for node in report.nodes] if isinstance(report, NodesChanged) else []
