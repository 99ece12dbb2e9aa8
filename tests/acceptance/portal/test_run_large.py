"""The page of a run of 500 steps: there within two seconds on an idle machine, and smooth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.acceptance.portal.looking import Looker
from tests.acceptance.portal.serving import serving

from lazulite.api.connect import connect
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.events import EventKind
from lazulite.model.plan import Input, Output, Plan, RunScript, Step, StepOutput
from lazulite.model.run import Run, RunKind, RunStatus, Submission
from lazulite.records.changes import Change
from lazulite.records.database import open_records

pytestmark = pytest.mark.slow

STEPS = 500
PHASES = (RunStatus.PREPARING, RunStatus.RUNNING, RunStatus.FINALIZING, RunStatus.COMPLETED)


def plan() -> Plan:
    chance = random.Random(1)
    steps = []
    for number in range(STEPS):
        before = (
            {max(0, number - chance.randint(1, 20)) for _ in range(chance.choice([1, 1, 2, 3]))}
            if number
            else set()
        )
        inputs = tuple(Input(f"in{n}", StepOutput(f"n{n}", "out")) for n in sorted(before))
        steps.append(
            Step(f"n{number}", f"step {number:03}", "PythonScriptStep", RunScript("a.py"), "c", inputs=inputs,
                 outputs=(Output("out", "workspaceblobstore"),))
        )  # fmt: skip
    return Plan(tuple(steps))


@pytest.fixture
def large(browser, tmp_path: Path) -> Iterator[tuple[Looker, str]]:
    """A browser on a home with such a run; its events are those of an engine."""
    service = connect(str(tmp_path))
    workspace = service.create_workspace(Workspace("", "large", "local", "local")).id
    service.put_asset(workspace, Asset(AssetKind.EXPERIMENT, "large", {"name": "large"}))
    began, run_id, whole = datetime.now(timezone.utc) - timedelta(hours=1), ids.new_id(), plan()

    def row(one: str, name: str, kind: RunKind, node: str | None, parent: str | None) -> Run:
        return Run(
            one, workspace, "large", kind, RunStatus.NOT_STARTED, began, name=name, node=node, parent_id=parent,
            root_id=run_id, artifact_datastore="workspaceblobstore", artifact_path=f"azureml/{one}",
        )  # fmt: skip

    steps = [row(ids.new_id(), step.name, RunKind.STEP, step.node, run_id) for step in whole.steps]
    changes = [Change(run_id, EventKind.STATUS, {"status": "Running"}, RunStatus.RUNNING, at=began)]
    for number, step in enumerate(steps):
        at = began + timedelta(seconds=number)
        changes.append(Change(step.id, EventKind.DECIDED, {"verdict": "run", "reason": "first-run"}, at=at))
        for later, status in enumerate(PHASES):
            told = {"status": status.value}
            changes.append(Change(step.id, EventKind.STATUS, told, status, at=at + timedelta(seconds=later)))
    end = began + timedelta(seconds=STEPS + 4)
    changes.append(Change(run_id, EventKind.STATUS, {"status": "Completed"}, RunStatus.COMPLETED, at=end))
    records = open_records(tmp_path)
    records.add_pipeline_run(row(run_id, "", RunKind.PIPELINE, None, None), steps, Submission("large", whole))
    records.record(run_id, changes)
    records.close()
    with serving(service) as address:
        looker = Looker(browser, address)
        yield looker, f"/workspaces/{workspace}/runs/{run_id}"
        looker.close()


def test_a_run_of_500_steps(large, capsys):
    looker, path = large
    looker.open(path).close()  # the first page of a server imports what later ones have
    page = looker.open(path)
    loaded = "performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"
    timeline = page.evaluate(loaded)
    assert page.locator("#rows tr").count() == STEPS, "it begins with the timeline"
    page.locator("a[data-view='graph']").click()
    page.wait_for_load_state()
    graph = page.evaluate(loaded)
    assert page.locator(".box").count() == STEPS
    with capsys.disabled():
        print(f"\n500 steps: timeline {timeline:.2f} s, graph {graph:.2f} s")
    # Two seconds is what is wanted; a machine that does ten other things may take more.
    assert max(timeline, graph) < 8
    page.locator("#step-search").fill("step 321")
    expect(page.locator(".box:not(.dim)")).to_have_count(1)
    expect(page.locator(".box:not(.dim)")).to_be_in_viewport()
    page.locator("#step-search").press("Enter")
    expect(page.locator("#panel-title")).to_have_text("step 321")
    expect(page.locator("#minimap svg")).to_be_visible()
