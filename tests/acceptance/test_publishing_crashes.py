"""kill -9 of a process that publishes, starts or resumes: afterwards there is all of it or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lazulite.api.connect import connect
from lazulite.api.service import Service
from lazulite.model.assets import AssetKind, Workspace
from lazulite.model.codec import from_data
from lazulite.model.publishing import Publication, PublishedPipeline
from lazulite.model.run import RunKind, RunQuery, RunStatus
from lazulite.testing.sample_runs import store_snapshot, submission, wait

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


@pytest.fixture
def service(home: Path) -> Service:
    return connect(str(home))


@pytest.fixture
def workspace(service: Service) -> str:
    return service.create_workspace(Workspace("", "dying", "sub", "group")).id


def die(home: Path, *words: str) -> None:
    command = [sys.executable, str(HERE / "dying_publisher.py"), str(home), *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.parametrize(
    ("moment", "method", "published"),
    [("before", "put", 0), ("after", "put", 0), ("before", "put_asset", 0), ("after", "put_asset", 1)],
)
def test_a_publisher_is_killed(
    service: Service, workspace: str, home: Path, moment: str, method: str, published: int
) -> None:
    snapshot = store_snapshot(service, workspace)
    die(home, workspace, snapshot, "publish", "-", moment, method)
    found = service.list_assets(workspace, AssetKind.PUBLISHED_PIPELINE)
    assert len(found) == published
    for asset in found:
        record = from_data(PublishedPipeline, asset.document)
        assert service.get_plan(workspace, record.graph) == submission(snapshot).plan
    service.publish(workspace, Publication(submission(snapshot).plan, "again"))


@pytest.mark.parametrize(("moment", "runs"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("what", ["start", "rerun"])
def test_a_starter_is_killed(
    service: Service, workspace: str, home: Path, what: str, moment: str, runs: int
) -> None:
    snapshot = store_snapshot(service, workspace)
    plan = submission(snapshot).plan
    named = service.publish(workspace, Publication(plan, "dying")).id
    if what == "rerun":
        first = service.submit(workspace, submission(snapshot, "fail"))
        assert wait(service, workspace, first.id).status is RunStatus.FAILED
        named = first.id
    before = {run.id for run in service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))}
    die(home, workspace, snapshot, what, named, moment, "add_pipeline_run")
    after = service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))
    found = [run for run in after if run.id not in before]
    assert len(found) == runs
    for run in found:  # whole: its step, its plan, and it is moved on although its starter died
        assert service.get_submission(workspace, run.id).plan == plan
        assert len(service.list_runs(workspace, RunQuery(parent_id=run.id))) == 1
        expected = RunStatus.COMPLETED if what == "start" else RunStatus.FAILED
        assert wait(service, workspace, run.id).status is expected
