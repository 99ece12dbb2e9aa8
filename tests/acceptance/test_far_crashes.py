"""Outages and kills around a default datastore elsewhere: nothing is lost, nothing is fetched twice."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests import azurite as azurite_server
from tests.acceptance.cli_calls import program
from tests.azurite import Azurite
from tests.far_workspaces import all_sent, make_default, put_raw, until
from tests.serving import serving
from tests.stores import opened

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.model.assets import Datastore
from lazulite.sdk.compute.amlcompute import AmlCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace
from lazulite.testing.watched_proxy import WatchedProxy

pytestmark = pytest.mark.slow

WAIT = """
import pathlib, sys, time
print("begun", flush=True)
pathlib.Path(sys.argv[1]).touch()
while not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.05)
print("done")
"""
LARGE = """
import sys
with open(sys.argv[1] + "/large.bin", "wb") as file:
    for number in range(40):
        file.write(bytes([number]) * (1 << 20))
"""
READ = "import sys; print(len(open(sys.argv[1], 'rb').read()), sys.argv[2])"


@pytest.fixture
def server() -> Iterator[Azurite]:
    """An Azurite of one's own, to be killed."""
    with azurite_server.running() as server:
        yield server


@pytest.fixture
def proxy(server: Azurite) -> Iterator[WatchedProxy]:
    with WatchedProxy(server.port).running() as proxy:
        yield proxy


@pytest.fixture
def container(server: Azurite, proxy: WatchedProxy) -> Datastore:
    """A container behind the proxy, which a kill of the server does not lose."""
    record = server.datastore("blobs")
    server.wait_until_saved(record.container_name)
    return replace(record, endpoint=f"127.0.0.1:{proxy.port}")


@pytest.fixture
def workspace(home: Path, container: Datastore) -> Workspace:
    workspace = Workspace.create("far", subscription_id="my sub", resource_group="my-group")
    make_default(workspace, container)
    return workspace


def step(
    tmp_path: Path, name: str, text: str, *arguments: Any, target: Any = "local", **options: Any
) -> PythonScriptStep:
    folder = tmp_path / "code" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "script.py").write_text(text)
    return PythonScriptStep(
        "script.py",
        name=name,
        arguments=list(arguments),
        compute_target=target,
        source_directory=str(folder),
        **options,
    )


def submit(workspace: Workspace, *steps: PythonScriptStep) -> PipelineRun:
    run: PipelineRun = Experiment(workspace, "crashes").submit(Pipeline(workspace, list(steps)))
    return run


def test_a_server_that_is_killed_in_the_middle_of_an_upload_gets_the_output_when_it_is_back(
    workspace: Workspace, server: Azurite, proxy: WatchedProxy, tmp_path: Path
) -> None:
    blocks = 0

    def kill_at_third(method: str, path: str) -> None:
        nonlocal blocks
        if method == "PUT" and "comp=block&" in f"{path}&":
            blocks += 1
            if blocks == 3:
                server.kill(signal.SIGKILL)
                threading.Timer(2, server.start).start()

    proxy.before = kill_at_third
    output = PipelineData("large", datastore=workspace.get_default_datastore())
    run = submit(workspace, step(tmp_path, "write", LARGE, output, outputs=[output]))
    assert run.wait_for_completion(show_output=False) == "Finished", run.get_details()
    assert blocks > 3
    written = run.find_step_run("write")[0]
    written.get_output_data("large").download(str(tmp_path / "got"))
    [large] = (tmp_path / "got").rglob("large.bin")
    assert large.stat().st_size == 40 << 20


def test_artifacts_of_a_run_that_ends_in_an_outage_are_seen_at_once_and_sent_later(
    workspace: Workspace, server: Azurite, container: Datastore, home: Path, tmp_path: Path
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    run = submit(workspace, step(tmp_path, "wait", WAIT, str(begun), str(go)))
    until(begun.exists, "the script did not start")
    server.kill(signal.SIGKILL)
    go.touch()
    assert run.wait_for_completion(show_output=False) == "Finished"
    [waited] = run.find_step_run("wait")
    assert waited.get_stdout_log().splitlines() == ["begun", "done"]
    # The engine dies, too, with everything unsent; the next one sends it.
    about = process.about(Home(home))
    assert about is not None
    os.kill(about.pid, signal.SIGKILL)
    server.start()
    until(lambda: not process.is_alive(Home(home)), "the engine did not die")
    workspace._service.start_engine()
    all_sent(home)
    with opened(container).open_file(
        f"azureml/ExperimentRun/dcid.{waited.id}/azureml-logs/70_driver_log.txt"
    ) as log:
        assert log.read().splitlines() == [b"begun", b"done"]
    assert waited.get_stdout_log().splitlines() == ["begun", "done"]
    server.kill(signal.SIGKILL)
    with serving(workspace._service) as portal:
        for tab, words in (("outputs", 2), ("overview", 0)):
            page = portal.get(f"/workspaces/{workspace._id}/runs/{waited.id}?tab={tab}")
            assert page.status_code == 200, page.text
            told = ("This cannot be read now" in page.text) + ("cannot be reached" in page.text)
            assert told == words, (tab, page.text)


def test_stop_does_not_wait_for_a_container_that_dies_while_it_is_sent_to(
    workspace: Workspace, server: Azurite, proxy: WatchedProxy, home: Path, tmp_path: Path
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    run = submit(workspace, step(tmp_path, "wait", WAIT, str(begun), str(go)))
    until(begun.exists, "the script did not start")
    killed = threading.Event()

    def kill_at_first(method: str, _path: str) -> None:
        if method == "PUT" and not killed.is_set():
            server.kill(signal.SIGKILL)
            killed.set()

    proxy.before = kill_at_first
    go.touch()
    assert killed.wait(60)
    assert run.wait_for_completion(show_output=False) == "Finished"
    said = program(("stop",), tmp_path, os.environ)
    assert said.returncode == 0, said.stderr
    assert not process.is_alive(Home(home))
    [waited] = run.find_step_run("wait")
    assert waited.get_stdout_log().splitlines() == ["begun", "done"]
    server.start()
    workspace._service.start_engine()
    all_sent(home)
    assert waited.get_stdout_log().splitlines() == ["begun", "done"]


def test_a_job_whose_process_is_killed_is_tried_again_and_both_tries_are_in_its_log(
    workspace: Workspace, home: Path, tmp_path: Path
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    run = submit(workspace, step(tmp_path, "wait", WAIT, str(begun), str(go)))
    until(begun.exists, "the script did not start")
    [waiting] = run.find_step_run("wait")
    jobs = Home(home).workspace(workspace._id) / "jobs"
    from lazulite.worker.folder import JobFolder

    started = JobFolder(jobs / f"{waiting.id}-1").started()
    assert started is not None
    begun.unlink()
    psutil.Process(started.pid).kill()
    until(begun.exists, "it was not tried again")
    go.touch()
    assert run.wait_for_completion(show_output=False) == "Finished"
    all_sent(home)
    assert waiting.get_stdout_log().splitlines() == ["begun", "begun", "done"]


def test_ten_steps_that_read_one_file_fetch_it_once(
    workspace: Workspace, proxy: WatchedProxy, tmp_path: Path
) -> None:
    (tmp_path / "shared.bin").write_bytes(bytes(3 << 20))
    raw = put_raw(workspace, tmp_path / "shared.bin")
    config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=10)
    target = ComputeTarget.create(workspace, "ten", config)
    run = submit(
        workspace,
        *(step(tmp_path, "read", READ, raw, number, inputs=[raw], target=target) for number in range(10)),
    )
    assert run.wait_for_completion(show_output=False) == "Finished"
    said = sorted(one.get_stdout_log().split()[0] for one in run.find_step_run("read"))
    assert said == [str(3 << 20)] * 10
    assert proxy.count("GET", "/raw/shared.bin") == 1
