"""REST under load: reading runs and submitting a published pipeline, beside a bare service that inserts a row."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.installing import Installed, Missing, cache_folder, install
from benchmarks.ours.home import Home, Wrong, home
from benchmarks.peers.peer import Peer
from lazulite.api.home_secrets import home_token
from lazulite.model.publishing import Publication
from lazulite.model.run import RunQuery
from lazulite.testing.sample_runs import store_snapshot, submission, wait

THROUGHPUT, SLOWEST = "rest-throughput", "rest-slowest"
INSERT = "bare FastAPI, one INSERT"
INSERT_AT_ONCE = "the same, blocking its event loop"
READ = "Lazulite: read a run"
LIST = "Lazulite: page of 20 runs"
SUBMIT = "Lazulite: submit a published pipeline"
#: Who asks at the same time, each over a connection that stays open.
CONNECTIONS = 16
_PROGRAMS = Path(__file__).parents[1] / "rest"
_WAIT_SECONDS = 30.0
_EXPERIMENT = "load"
#: The two have the same HTTP server, with the same quicker parts.
_PEER = Peer(
    key="fastapi",
    title="FastAPI",
    idiom="a route that inserts a row",
    write=lambda _layout: None,
    command=lambda _layout: [],
    requirement="fastapi",
    also=("uvicorn", "uvloop", "httptools"),
)


@dataclass(frozen=True)
class Request:
    """What is asked, of whom."""

    url: str
    path: str
    method: str = "GET"
    headers: Mapping[str, str] | None = None
    body: Any = None


def measure(bench: Bench) -> None:
    """Let all be asked in turns: how much they answer in a second, and how late the latest hundredth of answers is."""
    words = (
        f"{CONNECTIONS} connections, for {bench.sizes.load_seconds:g} s a turn; the client is one process in Python, on the "
        "same two cores. Lazulite checks the token, the role and the arguments of each request. "
    )
    much = bench.results.group(
        THROUGHPUT,
        "REST: requests in a second",
        "1/s",
        INSERT,
        text=words
        + "A submitted run is recorded with its steps and then decided by the engine, which finds its result "
        "there already and works on the same cores meanwhile.",
    )
    late = bench.results.group(SLOWEST, "REST: of 100 answers, the latest comes after", "ms", INSERT)

    acknowledged: dict[str, int] = {}

    def take(subject: str, request: Request, then: Callable[[int], None] = lambda _answers: None) -> None:
        told = _load(bench, request)
        much.add(subject, told["per_second"])
        late.add(subject, told["p99_ms"])
        bench.say(f"REST · {subject}: {told['per_second']:,.0f}/s, p99 {told['p99_ms']:.0f} ms")
        acknowledged[subject] = acknowledged.get(subject, 0) + int(told["requests"])
        then(acknowledged[subject])

    subjects: dict[str, Callable[[], None]] = {}
    with home(bench.new_folder("rest") / "home") as place, _bare(bench) as bare:
        if isinstance(bare, str):
            insert = Request(bare, "/insert", "POST", body={"name": "a", "value": "b"})
            at_once = Request(bare, "/insert-at-once", "POST", body=insert.body)
            subjects[INSERT] = functools.partial(take, INSERT, insert)
            subjects[INSERT_AT_ONCE] = functools.partial(take, INSERT_AT_ONCE, at_once)
        else:
            much.note(INSERT, str(bare))
        asked = _requests(place)
        subjects[READ] = functools.partial(take, READ, asked[READ])
        subjects[LIST] = functools.partial(take, LIST, asked[LIST])
        subjects[SUBMIT] = functools.partial(
            take, SUBMIT, asked[SUBMIT], functools.partial(_submitted, place)
        )
        bench.rounds(subjects, max(1, bench.repeat))


def _requests(place: Home) -> dict[str, Request]:
    """Make a run and a published pipeline of one step that can be reused, and what is asked about them."""
    service = place.service
    place.start()
    workspace = service.list_workspaces("benchmark")[0]
    work = submission(store_snapshot(service, workspace.id))
    run = wait(service, workspace.id, service.submit(workspace.id, work).id)
    pipeline = service.publish(workspace.id, Publication(work.plan, "load", interpreter=work.interpreter))
    address = service.address()
    headers = {"Authorization": f"Bearer {home_token(str(place.folder))}"}
    runs = f"/api/v1/workspaces/{workspace.id}/runs"
    scope = (
        f"/pipelines/v1.0/subscriptions/{workspace.subscription_id}/resourceGroups/{workspace.resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{workspace.name}"
    )
    body = {"ExperimentName": _EXPERIMENT, "ParameterAssignments": {"word": "done"}}
    found = {
        READ: Request(address, f"{runs}/{run.id}", headers=headers),
        LIST: Request(address, f"{runs}?limit=20", headers=headers),
        SUBMIT: Request(address, f"{scope}/PipelineRuns/PipelineSubmit/{pipeline.id}", "POST", headers, body),
    }
    for one in found.values():  # so that the server is up, and what is asked can be answered
        answer = requests.request(
            one.method, one.url + one.path, headers=one.headers, json=one.body, timeout=60
        )
        if not answer.ok:
            raise Wrong(f"{one.path}: {answer.status_code} {answer.text[:200]}")
    _rest(place)
    return found


def _submitted(place: Home, acknowledged: int) -> None:
    """Wait until what was submitted has ended, so that it disturbs nobody; nothing may be lost."""
    workspace = place.workspace
    found = place.service.list_runs(workspace, RunQuery(experiment=_EXPERIMENT, top_level=True, limit=None))
    if len(found) < acknowledged:
        raise Wrong(f"{acknowledged} submissions were acknowledged, and {len(found)} are recorded.")
    _rest(place)


def _rest(place: Home) -> None:
    deadline = time.monotonic() + 10 * _WAIT_SECONDS
    while place.service.engine_status().active_runs and time.monotonic() < deadline:
        time.sleep(0.1)


def _load(bench: Bench, request: Request) -> dict[str, Any]:
    given = {"method": request.method, "path": request.path, "headers": dict(request.headers or {})}
    if request.body is not None:
        given["body"] = request.body
    seconds = bench.sizes.load_seconds
    done = subprocess.run(
        [sys.executable, str(_PROGRAMS / "client.py"), request.url, str(seconds), str(CONNECTIONS)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=False,
        env=programs.environment(),
    )
    if done.returncode:
        raise Wrong(f"The client failed: {done.stderr[-300:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    if told["wrong"]:
        raise Wrong(f"{request.path} was answered with {told['wrong']}.")
    return told


@contextmanager
def _bare(bench: Bench) -> Iterator[str | Missing]:
    """The URL of the bare service, while the block runs; or why it is not there."""
    try:
        installed = install(_PEER, cache_folder())
    except Missing as reason:
        yield reason
        return
    folder = bench.new_folder("bare")
    port = folder / "port"
    running = subprocess.Popen(
        _command(installed, folder), env=programs.environment(), stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline and not port.exists():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port.read_text()}"
    finally:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.wait(10)


def _command(installed: Installed, folder: Path) -> list[str]:
    if installed.programs is None:
        raise Wrong("FastAPI has no environment of its own.")
    return [str(installed.programs / "python"), str(_PROGRAMS / "bare.py"), str(folder)]
