"""A real service on a home folder, and a recorded pipeline run that a test moves forward itself.

No engine runs here: the tests write what an engine would have written, through the same records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from lazulite.api.connect import connect
from lazulite.api.service import Service
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, ComputeTarget
from lazulite.model.assets import Workspace as WorkspaceRecord
from lazulite.model.codec import to_data
from lazulite.model.events import EventKind
from lazulite.model.plan import DataSource, Input, InputArgument, Literal, Output, Plan, RunScript, Step
from lazulite.model.run import Run, RunError, RunKind, RunStatus, Submission
from lazulite.records.changes import Change
from lazulite.records.database import open_records
from lazulite.sdk.artifacts import RunFiles, files_of
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.workspace import Workspace

PLAN = Plan(
    steps=(
        Step(
            node="n1",
            name="prepare",
            step_type="PythonScriptStep",
            action=RunScript("prepare.py"),
            compute="cluster",
            arguments=(Literal("--raw"), InputArgument("raw")),
            inputs=(Input("raw", DataSource("workspaceblobstore", "raw")),),
            outputs=(Output("clean", "workspaceblobstore", pipeline_output_name="cleaned"),),
        ),
        Step("n2", "train", "PythonScriptStep", RunScript("train.py"), "cluster", after=("n1",)),
    )
)


@dataclass
class Recorded:
    """A workspace with one pipeline run, and the pen that writes its story."""

    service: Service
    records: Any
    workspace: Workspace
    run_id: str = ""
    steps: dict[str, str] = field(default_factory=dict)

    def submit(self, plan: Plan = PLAN, **more: Any) -> PipelineRun:
        place = self.workspace._id
        self.run_id, now = ids.new_id(), datetime.now(timezone.utc)

        def row(run_id: str, name: str, kind: RunKind, node: str | None, parent: str | None) -> Run:
            artifacts = f"azureml/ExperimentRun/dcid.{run_id}"
            return Run(
                run_id, place, "exp", kind, RunStatus.NOT_STARTED, now, name=name, node=node, parent_id=parent,
                root_id=self.run_id, target="cluster" if node else None,
                artifact_datastore="workspaceblobstore", artifact_path=artifacts,
            )  # fmt: skip

        pipeline = row(self.run_id, "exp", RunKind.PIPELINE, None, None)
        steps = [row(ids.new_id(), step.name, RunKind.STEP, step.node, self.run_id) for step in plan.steps]
        self.steps = {step.name: step.id for step in steps}
        self.service.put_asset(place, Asset(AssetKind.EXPERIMENT, "exp", {"name": "exp"}))
        self.records.add_pipeline_run(pipeline, steps, Submission("exp", plan, **more))
        return PipelineRun.get(self.workspace, self.run_id)

    def status(self, name: str, status: RunStatus, error: RunError | None = None, **more: Any) -> None:
        """Write that the step `name` (or "" the pipeline run) got to `status`."""
        subject = self.steps.get(name, self.run_id)
        data = {
            "status": status.value,
            **({"reused_run_id": more["reused_run_id"]} if "reused_run_id" in more else {}),
        }
        self.write(Change(subject, EventKind.STATUS, data, status=status, error=error, **more))

    def write(self, *changes: Change) -> None:
        self.records.record(self.run_id, changes)

    def files(self, name: str) -> RunFiles:
        record = self.service.get_run(self.workspace._id, self.steps[name])
        return files_of(self.service, self.workspace._id, record)

    def log(self, name: str, text: str) -> None:
        """Append to what the step printed."""
        path = Path(self.files(name).shown("azureml-logs/70_driver_log.txt"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    """A workspace on a home of its own."""
    monkeypatch.setenv("LAZULITE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LAZULITE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    service = connect(str(tmp_path / "home"))  # before there is a run, so that no engine is wanted
    record = service.create_workspace(WorkspaceRecord("", "first", "local", "local"))
    target = Asset(AssetKind.COMPUTE, "cluster", to_data(ComputeTarget("cluster")))
    service.put_asset(record.id, target)
    records = open_records(tmp_path / "home")
    yield Recorded(service, records, Workspace._from_record(service, record))
    records.close()
