"""Events and logs come as they happen, and who comes back misses nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.serving import Served, serving

from lazulite.model.assets import Workspace
from lazulite.model.run import Run, RunQuery
from lazulite.server.settings import Settings
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission, wait

pytestmark = pytest.mark.slow

SLOW = b"""
import pathlib, sys, time
print("first line", flush=True)
pathlib.Path(sys.argv[1], "text").write_text("x")
while not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.02)
print("last line \\u00e9", flush=True)
"""


class Place:
    def __init__(self, service: LocalService, server: Served) -> None:
        self.service, self.server = service, server
        self.workspace = service.create_workspace(Workspace("", "streams", "sub", "group")).id

    def submit(self, word: str = "done", script: bytes | None = None) -> Run:
        snapshot = store_snapshot(self.service, self.workspace, *([script] if script else []))
        return self.service.submit(self.workspace, submission(snapshot, word))

    def step(self, run: Run) -> Run:
        return self.service.list_runs(self.workspace, RunQuery(parent_id=run.id))[0]

    def follow(self, run_id: str, what: str = "events", **options: Any) -> Iterator[tuple[str, str, Any]]:
        """The messages of a stream: event, id, data."""
        path = f"/api/v1/workspaces/{self.workspace}/runs/{run_id}/{what}/stream"
        with self.server.get(path, stream=True, **options) as answer:
            assert answer.status_code == 200, answer.text
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            block: dict[str, str] = {}
            for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith(("id: ", "event: ", "data: ")):
                    name, _, value = line.partition(": ")
                    block[name] = value
                elif not line and "event" in block:
                    yield block["event"], block["id"], json.loads(block["data"])
                    block = {}


@pytest.fixture
def place(home: Path) -> Iterator[Place]:
    service = LocalService(str(home))
    with serving(service, settings=Settings(heartbeat_seconds=0.2, max_streams=3)) as server:
        yield Place(service, server)


def test_a_run_is_followed_to_its_end(place: Place) -> None:
    run = place.submit()
    told = list(place.follow(run.id))
    assert told[-1][0] == "end"
    recorded = place.service.get_events(place.workspace, run.id)
    assert [data["sequence"] for _, _, data in told[:-1]] == [event.sequence for event in recorded]
    assert [kind for kind, _, _ in told[:-1]] == [event.kind.value for event in recorded]


def test_who_comes_back_gets_the_rest(place: Place) -> None:
    run = place.submit()
    wait(place.service, place.workspace, run.id)
    told = list(place.follow(run.id))
    third = told[2][1]
    assert list(place.follow(run.id, headers={"Last-Event-ID": third})) == told[3:]
    assert list(place.follow(run.id, params={"after": third})) == told[3:]


def test_a_step_is_followed_by_its_own_events(place: Place) -> None:
    run = place.submit()
    step = place.step(run)
    told = list(place.follow(step.id))
    assert told[-1][0] == "end"
    assert {data["subject"] for _, _, data in told[:-1]} == {step.id}


def test_a_log_is_read_while_it_grows(place: Place, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = place.submit(str(gate), SLOW)
    text, ended = "", False
    for event, _, data in place.follow(place.step(run).id, "logs"):
        if event == "log":
            text += data["text"]
        if "first line" in text and not gate.exists():
            gate.touch()
        ended = event == "end"
    assert ended
    assert "first line\nlast line é\n" in text
    assert (
        text
        == place.server.get(f"/api/v1/workspaces/{place.workspace}/runs/{place.step(run).id}/logs/text").text
    )
    names = place.server.get(f"/api/v1/workspaces/{place.workspace}/runs/{place.step(run).id}/logs").json()
    assert "azureml-logs/70_driver_log.txt" in [one["path"] for one in names]


def test_a_log_is_read_on_from_a_place(place: Place) -> None:
    run = place.submit()
    wait(place.service, place.workspace, run.id)
    told = list(place.follow(place.step(run).id, "logs", headers={"Last-Event-ID": "6"}))
    assert told[0][2]["text"].startswith("from the step")


def test_what_is_not_there_is_told_before_the_stream_begins(place: Place) -> None:
    base = f"/api/v1/workspaces/{place.workspace}/runs"
    assert place.server.get(f"{base}/nowhere/events/stream").status_code == 404
    run = place.submit()
    assert place.server.get(f"{base}/{run.id}/events/stream?after=x").status_code == 400
    for name in ("../x", "/etc/passwd", "a//b", "a\\b"):
        assert place.server.get(f"{base}/{run.id}/logs/text", params={"name": name}).status_code == 400
    answer = place.server.get(f"{base}/{run.id}/logs/text", params={"name": "logs/none.txt"})
    assert (answer.status_code, "has no log" in answer.text) == (404, True)


def test_no_more_streams_are_open_than_allowed(place: Place) -> None:
    run = place.submit("wait")
    streams = [place.follow(run.id) for _ in range(3)]
    for one in streams:
        next(one)
    path = f"/api/v1/workspaces/{place.workspace}/runs/{run.id}/events/stream"
    assert place.server.get(path).status_code == 503
    place.service.cancel_run(place.workspace, run.id)
    for one in streams:
        assert list(one)[-1][0] == "end"
    assert place.server.get(path).status_code == 200


def test_many_wait_without_a_thread_for_each(place: Place) -> None:
    run = place.submit("wait")
    newest = place.service.get_events(place.workspace, run.id)[-1].sequence
    before = threading.active_count()
    found: list[Any] = []

    def follow() -> None:
        after, path = newest, f"/api/v1/workspaces/{place.workspace}/runs/{run.id}/events"
        while True:
            answer = place.server.get(path, params={"after": after, "wait_seconds": 20}).json()
            if any(one["subject"] == run.id and one["data"].get("status") == "Canceled" for one in answer):
                found.append(answer)
                return
            after = answer[-1]["sequence"] if answer else after

    readers = [threading.Thread(target=follow) for _ in range(60)]
    for one in readers:
        one.start()
    assert threading.active_count() - before - len(readers) <= 40
    place.service.cancel_run(place.workspace, run.id)
    for one in readers:
        one.join(60)
    assert len(found) == len(readers)


def test_a_wait_that_brings_nothing_ends_in_time(place: Place) -> None:
    run = place.submit()
    wait(place.service, place.workspace, run.id)
    path = f"/api/v1/workspaces/{place.workspace}/runs/{run.id}/events"
    assert place.server.get(path, params={"after": 10_000, "wait_seconds": 0.3}).json() == []
