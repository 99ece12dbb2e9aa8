"""The token of a run, on a real server: it reaches that run and those below it, nothing else, and ends with it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from tests.serving import Served, serving

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
from lazulite.model.codec import to_data
from lazulite.model.run import RunKind
from lazulite.model.signed import RUN, claims_of, sign
from lazulite.server.auth.guard import AccessGuard
from lazulite.service.local import LocalService

SCRIPT = """
import json, os, pathlib, sys
told = pathlib.Path(sys.argv[1])
(told / "new").write_text(json.dumps(dict(os.environ)))
(told / "new").rename(told / "environment")
with (told / "end").open() as pipe:
    pipe.read()
"""


class Step:
    """A step that runs until it is let go, what it found in its environment, and the server beside it."""

    def __init__(
        self, server: Served, folder: Path, service: LocalService, ws: Workspace, run: object
    ) -> None:
        self.server, self.folder, self.service, self.ws, self.run = server, folder, service, ws, run
        self.environment: dict[str, str] = json.loads((folder / "environment").read_text())
        self.token = self.environment["AZUREML_RUN_TOKEN"]
        self.id = self.environment["AZUREML_RUN_ID"]
        self.root = self.environment["AZUREML_ROOT_RUN_ID"]

    def call(self, method: str, path: str, token: str | None = None, **options: object) -> requests.Response:
        """Send a request with the run's token; `path` is below its workspace."""
        url = f"{self.server.url}/api/v1/workspaces/{self.environment['AZUREML_WORKSPACE_ID']}{path}"
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return requests.request(method, url, headers=headers, timeout=30, **options)  # type: ignore[arg-type]

    def end(self) -> None:
        (self.folder / "end").write_text("")


@pytest.fixture
def step(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Step]:
    for name in ("LAZULITE_TOKEN", "LAZULITE_SERVE_OIDC_ISSUER", "LAZULITE_ADMIN_PASSWORD"):
        monkeypatch.setenv(name, "not for a job")
    ws = Workspace.create("team")
    service = LocalService(str(home))
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "wait.py").write_text(SCRIPT)
    told = tmp_path / "told"
    told.mkdir()
    os.mkfifo(told / "end")
    steps = [
        PythonScriptStep(
            "wait.py", arguments=[str(told)], compute_target="local", source_directory=str(tmp_path / "code")
        )
    ]
    run = Experiment(ws, "tokens").submit(Pipeline(ws, steps=steps))
    deadline = time.monotonic() + 60
    while not (told / "environment").exists():
        assert time.monotonic() < deadline
        assert run.get_status() not in ("Failed", "Finished")
        time.sleep(0.02)
    with serving(service, AccessGuard(service.access), token=service.access.home_token) as server:
        made = Step(server, told, service, ws, run)
        yield made
        if run.get_status() not in ("Finished", "Failed"):
            made.end()
            run.wait_for_completion(show_output=False)


@pytest.mark.slow
def test_a_job_finds_a_token_for_itself_and_none_for_more(step: Step, home: Path) -> None:
    key = (home / "signing-key").read_text().strip().encode()
    claims = claims_of(key, RUN, step.token)
    assert claims is not None
    workspace = step.environment["AZUREML_WORKSPACE_ID"]
    assert (claims["workspace"], claims["run"], claims["root"]) == (workspace, step.id, step.root)
    assert claims["exp"] == pytest.approx(int(step.environment["AZUREML_RUN_TOKEN_EXPIRY"]), abs=2)
    everything = json.dumps(step.environment)
    assert (home / "token").read_text().strip() not in everything
    assert key.decode() not in everything
    assert "not for a job" not in everything
    for file in home.rglob("job.json"):
        assert key.decode() not in file.read_text()


@pytest.mark.slow
def test_it_reads_changes_and_logs_for_its_run(step: Step) -> None:
    run = f"/runs/{step.id}"
    assert step.call("GET", run).json()["id"] == step.id
    assert step.call("GET", "").json()["name"] == "team"
    assert step.call("PATCH", run, json={"set_tags": {"from": "inside"}}).status_code == 200
    metric = {"name": "loss", "kind": "scalar", "value": 1.5, "at": "2026-01-31T12:00:00+00:00"}
    assert step.call("POST", f"{run}/metrics", json=[metric]).status_code == 204
    assert step.call("GET", f"{run}/metrics").json()[0]["value"] == 1.5
    record = step.service.get_run(step.environment["AZUREML_WORKSPACE_ID"], step.id)
    child = to_data(replace(record, id="child-1", parent_id=step.id, root_id="", kind=RunKind.INTERACTIVE))
    made = step.call("POST", "/interactive-runs", json={**child, "status": "Running", "job": None})
    assert made.status_code == 200, made.text
    assert step.call("PATCH", f"/runs/{made.json()['id']}", json={"set_tags": {"a": "b"}}).status_code == 200
    stranger = step.call("POST", "/interactive-runs", json={**child, "id": "child-2", "parent_id": step.root})
    assert stranger.status_code == 403
    assert step.call("POST", f"{run}/cancel").status_code == 204


@pytest.mark.slow
def test_it_reaches_nothing_else_and_ends_with_its_run(step: Step) -> None:
    refused = [
        ("GET", f"/runs/{step.root}"),
        ("GET", "/runs"),
        ("GET", "/runs/unknown"),
        ("POST", f"/runs/{step.root}/cancel"),
        ("PATCH", f"/runs/{step.root}"),
        ("GET", "/assets/datastore"),
        ("DELETE", ""),
        ("POST", "/runs"),
        ("GET", f"/runs/{step.id}/submission"),
    ]
    for method, path in refused:
        answer = step.call(method, path, json={} if method in ("POST", "PATCH") else None)
        assert answer.status_code == 403, (method, path, answer.text)
    headers = {"Authorization": f"Bearer {step.token}"}
    for path in (
        "/",
        "/api/v1/workspaces",
        "/api/v1/engine",
        "/auth/me",
        "/auth/tokens",
        "/metrics",
        "/api/v1/audit",
    ):
        assert requests.get(step.server.url + path, headers=headers, timeout=30).status_code == 403, path
    other = step.service.create_workspace(replace(step.service.list_workspaces()[0], id="", name="other"))
    url = f"{step.server.url}/api/v1/workspaces/{other.id}"
    assert requests.get(url, headers=headers, timeout=30).status_code == 404
    key = step.service.access.signing_key
    forged = sign(key, RUN, {"workspace": other.id, "run": step.id, "root": step.root}, 60)
    assert step.call("GET", f"/runs/{step.id}", token=forged).status_code == 401
    step.end()
    step.run.wait_for_completion(show_output=False)  # type: ignore[attr-defined]
    assert step.call("GET", f"/runs/{step.id}").status_code == 401
