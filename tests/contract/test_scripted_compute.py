"""A backend of another distribution, found by its entry point and driven by an engine: the scripted one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from lazulite.compute.base import JobEnded, JobLost, JobStage
from lazulite.compute.processes import ProcessCompute
from lazulite.compute.registry import backend
from lazulite.engine import process
from lazulite.engine.driver import Driver
from lazulite.engine.layout import Home
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, NodeState, Workspace
from lazulite.model.codec import to_data
from lazulite.model.errors import ComputeUnavailable
from lazulite.model.job import OutcomeStatus
from lazulite.model.plan import Output, Plan, RunScript, Step
from lazulite.model.run import RunQuery, RunStatus, Submission
from lazulite.model.snapshot import Snapshot
from lazulite.records.database import open_records
from lazulite.service.local import LocalService
from lazulite.testing.compute_contract import Reports, eventually, job_of, waiting_job
from lazulite.testing.scripted_compute import Act, ScriptedCompute, completes, fails, is_lost, waits

TARGET = ComputeTarget("cpu", backend="theatre")
Play = Callable[..., None]


class Theatre(ScriptedCompute):
    """The backend `theatre` of these tests; its acts are set by the fixture `play`."""

    script: ClassVar[Mapping[str, Sequence[Act]]] = {}


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A distribution on the path provides `theatre`; called with acts by the name of the step, sets its script."""
    information = tmp_path / "site" / "theatre-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: theatre\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[lazulite.compute]\ntheatre = {__name__}:Theatre\n")
    monkeypatch.syspath_prepend(str(information.parent))
    monkeypatch.setattr(Theatre, "stage", [])

    def set_script(**acts: Sequence[Act]) -> None:
        monkeypatch.setattr(Theatre, "script", acts)

    return set_script


# --- the registry ---


def test_backends_are_found_by_name(play: Play) -> None:
    assert backend("processes") is ProcessCompute
    assert backend("theatre") is Theatre


def test_an_unknown_backend_is_refused_with_the_known_ones(play: Play) -> None:
    with pytest.raises(ComputeUnavailable, match=r"'cloud'.*processes, theatre"):
        backend("cloud")


# --- the backend alone ---


def test_an_ended_job_is_reported_again_also_by_the_next_instance(play: Play, tmp_path: Path) -> None:
    job, first, second = waiting_job(tmp_path), Reports(), Reports()
    compute = Theatre(tmp_path, first)
    compute.launch(job, TARGET)
    compute.launch(job, TARGET)
    Theatre(tmp_path, second).launch(job, TARGET)
    told = [report for report in first.all if isinstance(report, JobEnded)]
    assert told == [first.ended(job)] * 2
    assert second.all == [told[0]]
    (record,) = told[0].outcome.outputs
    assert (tmp_path / "data" / record.path / "text").read_text() == "text"
    assert [report.stage for report in first.all if isinstance(report, JobStage)] == [
        RunStatus.PREPARING,
        RunStatus.RUNNING,
    ]


def test_a_job_waits_until_it_is_ended_lost_or_canceled(play: Play, tmp_path: Path) -> None:
    play(step=[waits()])
    reports = Reports()
    compute = Theatre(tmp_path, reports)
    jobs = [job_of(tmp_path) for _ in range(3)]
    for job in jobs:
        compute.launch(job, TARGET)
        compute.launch(job, TARGET)
    assert [(node.job, node.state) for node in compute.nodes()] == [
        (job.id, NodeState.RUNNING) for job in jobs
    ]
    compute.end("step", fails("no luck"))
    compute.end("step", is_lost("no power"))
    compute.cancel(jobs[2].id)
    failed, canceled = reports.ended(jobs[0]).outcome, reports.ended(jobs[2]).outcome
    assert failed.error is not None
    assert (failed.status, failed.error.message) == (OutcomeStatus.FAILED, "no luck")
    assert reports.lost(jobs[1]) == JobLost(jobs[1].id, "no power")
    assert canceled.status is OutcomeStatus.CANCELED
    assert compute.nodes() == reports.nodes() == ()
    with pytest.raises(LookupError, match="No step 'step' waits"):
        compute.end("step", completes())


# --- with an engine ---


class System:
    """A service, and engines in this process."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.service = LocalService(str(root))
        self.workspace = self.service.create_workspace(Workspace("", "played", "sub", "group")).id
        self.service.put_asset(
            self.workspace, Asset(AssetKind.COMPUTE, "cpu", to_data(TARGET)), overwrite=False
        )

    def submit(self, *names: str) -> str:
        """Steps one after the other."""
        snapshot = self.service.put_snapshot(self.workspace, Snapshot(()))
        steps = [
            Step(
                node=name,
                name=name,
                step_type="PythonScriptStep",
                action=RunScript("step.py"),
                compute="cpu",
                outputs=(Output("out", "workspaceblobstore"),),
                snapshot=snapshot,
                after=names[:place],
            )
            for place, name in enumerate(names)
        ]
        submission = Submission("played", Plan(tuple(steps)), interpreter=sys.executable)
        return self.service.submit(self.workspace, submission).id

    def status(self, run_id: str) -> RunStatus:
        return self.service.get_run(self.workspace, run_id).status

    @contextmanager
    def engine(self) -> Iterator[None]:
        """An engine that works inside the block."""
        records = open_records(self.home.root)
        driver = Driver(self.home, records, print, idle_seconds=60)
        thread = threading.Thread(target=driver.run)
        thread.start()
        try:
            yield
        finally:
            driver.stop()
            thread.join()
            records.close()


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    root = tmp_path / "home"
    root.mkdir()
    # With the lease in our hands the service starts no engine of its own.
    with process.lease(Home(root)) as free:
        assert free
        yield System(root)


def test_an_engine_drives_it_through_losses_and_failures(system: System, play: Play) -> None:
    play(a=[is_lost(), completes()], b=[fails("out of luck")])
    run = system.submit("a", "b", "c")
    with system.engine():
        eventually(lambda: system.status(run).is_terminal)
    tries = [(job.step_name, job.attempt) for job in Theatre.stage[0].launched]
    assert tries == [("a", 1), ("a", 2), ("b", 1)]
    query = RunQuery(parent_id=run)
    statuses = {step.name: step.status for step in system.service.list_runs(system.workspace, query)}
    assert statuses == {"a": RunStatus.COMPLETED, "b": RunStatus.FAILED, "c": RunStatus.CANCELED}
    error = system.service.get_run(system.workspace, run).error
    assert error is not None
    assert "out of luck" in error.message


def test_the_next_engine_goes_on_with_the_next_instance(system: System, play: Play) -> None:
    play(b=[waits()])
    run = system.submit("a", "b", "c")
    with system.engine():
        eventually(lambda: bool(Theatre.stage and Theatre.stage[0].nodes()))
    assert Theatre.stage[0].closed
    with system.engine():
        eventually(lambda: len(Theatre.stage) == 2 and bool(Theatre.stage[1].nodes()))
        Theatre.stage[1].end("b", completes(out="by the second"))
        eventually(lambda: system.status(run).is_terminal)
    assert system.status(run) is RunStatus.COMPLETED
    assert [job.step_name for job in Theatre.stage[0].launched] == ["a", "b"]
    assert [job.step_name for job in Theatre.stage[1].launched] == ["b", "c"]
