"""A server with one of everything on it, for tests that send it nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.serving import Served, serving

from lazulite.model.assets import Workspace
from lazulite.model.publishing import EndpointVersion, PipelineEndpoint, Publication
from lazulite.model.run import RunQuery
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.settings import Settings
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission, wait

SCOPE = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.MachineLearningServices/workspaces/fuzz"
BASE = "/pipelines/v1.0" + SCOPE


@dataclass(frozen=True)
class Fuzzed:
    """The server, and the ids of what is on it."""

    server: Served
    workspace: str
    run: str
    step: str
    pipeline: str
    endpoint: str
    snapshot: str


@contextmanager
def fuzzed(home: Path) -> Iterator[Fuzzed]:
    """Serve a new home until the end of the block."""
    service = LocalService(str(home))
    settings = Settings(max_wait_seconds=0.1, max_body_bytes=1_000_000, max_file_bytes=1_000_000)
    access = service.access
    with serving(service, AccessGuard(access), settings, access.home_token) as server:
        workspace = service.create_workspace(Workspace("", "fuzz", "sub", "group")).id
        made = submission(store_snapshot(service, workspace))
        run = service.submit(workspace, made)
        wait(service, workspace, run.id)
        pipeline = service.publish(workspace, Publication(made.plan, "published"))
        endpoint = service.create_endpoint(
            workspace, PipelineEndpoint("", "door", versions=(EndpointVersion("0", pipeline.id),))
        )
        yield Fuzzed(
            server,
            workspace,
            run.id,
            service.list_runs(workspace, RunQuery(parent_id=run.id))[0].id,
            pipeline.id,
            endpoint.id,
            made.plan.steps[0].snapshot,
        )
        service.stop_engine()
