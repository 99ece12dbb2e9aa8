"""What is published in the story's workspace: pipelines, an endpoint, schedules. The same on every start."""

from __future__ import annotations

import time

from lazulite.api.service import Service
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import to_data
from lazulite.model.publishing import (
    EndpointVersion,
    PipelineEndpoint,
    Publication,
    StartRequest,
)
from lazulite.model.run import RunKind, RunQuery
from lazulite.model.schedule import DataTrigger, Recurrence, Schedule


def publish_all(service: Service, workspace: str) -> None:
    """Publish the story's pipeline twice, put both behind an endpoint, call it once, and set two schedules."""
    (run,) = service.list_runs(
        workspace, RunQuery(experiment="squares", kind=RunKind.PIPELINE, limit=1, ascending=True)
    )
    plan = service.get_submission(workspace, run.id).plan
    first, second = (
        service.publish(workspace, Publication(plan, "squares", words, version, source_run_id=run.id))
        for version, words in (("1", "Learns squares"), ("2", "Learns squares, better"))
    )
    versions = (EndpointVersion("0", first.id), EndpointVersion("1", second.id))
    endpoint = PipelineEndpoint("", "learn", "The squares that count", versions=versions)
    made = service.create_endpoint(workspace, endpoint)
    started = service.start_published(
        workspace, StartRequest("published", endpoint=made.id, parameters={"rate": "0.1"}, run_source="API")
    )
    wait_for_end(service, workspace, started.id)
    clock = Recurrence("Day", 1, hours=(2,), minutes=(30,), time_zone="Europe/Istanbul")
    data = DataTrigger("workspaceblobstore", "samples", polling_minutes=5)
    put_schedule(service, workspace, Schedule("", "nightly", "nightly", first.id, None, recurrence=clock))
    put_schedule(service, workspace, Schedule("", "new data", "nightly", None, made.id, trigger=data))


def put_schedule(service: Service, workspace: str, schedule: Schedule) -> None:
    """Record a schedule under a new id."""
    document = {**to_data(schedule), "id": ids.new_id()}
    service.put_asset(workspace, Asset(AssetKind.SCHEDULE, document["id"], document))


def wait_for_end(service: Service, workspace: str, run_id: str) -> None:
    """Wait until a run has ended."""
    deadline, seen = time.monotonic() + 60, 0
    while not service.get_run(workspace, run_id).status.is_terminal:
        assert time.monotonic() < deadline, "the run does not end"
        for event in service.get_events(workspace, run_id, seen, 1.0):
            seen = event.sequence
