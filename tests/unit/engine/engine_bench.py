"""An engine's loop in a thread of the test, over real records and a compute backend that does what the test says."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.engine.prompted_compute import PromptedCompute

from lazulite.engine import backends, process
from lazulite.engine.driver import Driver
from lazulite.engine.layout import Home
from lazulite.engine.submitting import submissions
from lazulite.model.assets import AssetKind, ComputeTarget, Workspace
from lazulite.model.codec import from_data
from lazulite.model.plan import Plan, RunScript, Step
from lazulite.model.run import Run, Submission
from lazulite.records.database import open_records
from lazulite.records.records import Records
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot


class Bench:
    """A home with one workspace. `submit` records a run and wakes the engine, if one is running."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.service = LocalService(str(folder))
        self.records: Records = open_records(folder)
        self.ws = self.service.create_workspace(Workspace("", "bench", "sub", "group")).id
        self.snapshot = store_snapshot(self.service, self.ws)
        self.compute = PromptedCompute(folder, lambda _: None)
        self.said: list[str] = []
        self.driver: Driver | None = None

    def submit(self, *steps: Step, ws: str | None = None, **options: object) -> Run:
        submission = Submission("bench", Plan(steps), interpreter=sys.executable, **options)  # type: ignore[arg-type]
        workspace = self.records.workspace(ws or self.ws)
        run = submissions.pipeline_run(workspace, submission)
        targets = {
            asset.name: from_data(ComputeTarget, asset.document).type
            for asset in self.records.assets(workspace.id, AssetKind.COMPUTE)
        }
        stored = self.records.add_pipeline_run(
            run, submissions.step_runs(run, submission.plan, submission, targets), submission
        )
        self.wake()
        return stored

    def wake(self) -> None:
        if self.driver is not None:
            self.driver.wake()

    def run(self, run: Run) -> Run:
        return self.records.run(run.workspace, run.id)

    def ended(self, run: Run) -> Run:
        """Wait for the run's end."""
        self.compute.wait_for(lambda: self.run(run).status.is_terminal)
        return self.run(run)

    def steps(self, run: Run) -> dict[str, Run]:
        return {step.name: step for step in self.records.steps_of(run.id)}

    @contextlib.contextmanager
    def engine(self) -> Iterator[PromptedCompute]:
        """Run an engine's loop inside the block; leaving it is the engine's death, as far as runs can tell."""

        def make(_home: Path, report: object) -> PromptedCompute:
            self.compute.report = report  # type: ignore[assignment]
            return self.compute

        with pytest.MonkeyPatch.context() as patch, process.lease(self.home) as free:
            assert free
            patch.setattr(backends, "backend", lambda name: _backend(name, make))
            driver = self.driver = Driver(self.home, self.records, self.said.append, 60.0)
            thread = threading.Thread(target=driver.run)
            thread.start()
            try:
                yield self.compute
                assert thread.is_alive(), "\n".join(self.said)
            finally:
                self.driver = None
                driver.stop()
                thread.join()


def _backend(name: str, make: object) -> object:
    if name == "broken":
        raise RuntimeError("no such backend")
    return make


def step(name: str, snapshot: str, *after: str, **options: object) -> Step:
    """A step whose node id is its name."""
    values: dict[str, object] = {"compute": "local", "snapshot": snapshot, "after": after, **options}
    return Step(name, name, "PythonScriptStep", RunScript("step.py"), **values)  # type: ignore[arg-type]
