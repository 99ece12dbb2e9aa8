"""The address of a home: something listens there at once, one process only, on the same port as last time."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.service import address


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    found = process.home_of(str(home))
    process.prepare(found)
    yield found
    if found.root.exists():
        address.stop(found)


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def connects(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def pid_of(home: Home) -> int:
    until(lambda: (living := address.about(home)) is not None and living.pid)
    living = address.about(home)
    assert living
    return living.pid


def test_something_listens_when_the_address_is_returned(here: Home) -> None:
    url = address.ensure(here)
    assert connects(url)
    assert address.ensure(here) == url
    assert stat.S_IMODE(here.server_about.stat().st_mode) == 0o600
    assert stat.S_IMODE(here.server_log.stat().st_mode) == 0o600


def test_it_is_nobodys_child_and_takes_little_memory(here: Home) -> None:
    address.ensure(here)
    door = psutil.Process(pid_of(here))
    assert door.ppid() != os.getpid()
    assert door.memory_info().rss < 24 << 20
    assert stat.S_IMODE(here.server_about.stat().st_mode) == 0o600


def test_asking_at_once_opens_one_door(here: Home) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(address.ensure(here))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert len(set(found)) == 1
    assert connects(found[0])


def test_who_only_asks_is_not_taken_for_who_listens(here: Home) -> None:
    """Many look whether anything listens, while it is started and stopped again and again."""
    stopped = threading.Event()

    def ask() -> None:
        while not stopped.is_set():
            address.about(here)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(5):
            assert connects(address.ensure(here))
            assert address.stop(here)
    finally:
        stopped.set()
        for asker in askers:
            asker.join()


def test_yesterdays_links_open(here: Home) -> None:
    url = address.ensure(here)
    assert address.stop(here)
    assert not connects(url)
    assert not address.stop(here)
    assert address.about(here) is None
    assert address.ensure(here) == url


def test_a_port_that_somebody_else_has_by_now_is_not_insisted_on(here: Home) -> None:
    url = address.ensure(here)
    address.stop(here)
    with socket.create_server(("127.0.0.1", int(url.rpartition(":")[2]))):
        another = address.ensure(here)
    assert another != url
    assert connects(another)


def test_a_program_with_a_thousand_open_files_has_a_door(here: Home) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with contextlib.ExitStack() as files:
        for _ in range(1100):
            files.enter_context(Path(os.devnull).open("rb"))
        url = address.ensure(here)
        assert requests.get(f"{url}/health", timeout=60).status_code == 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_killed_door_is_replaced(here: Home) -> None:
    url = address.ensure(here)
    os.kill(pid_of(here), signal.SIGKILL)
    until(lambda: address.about(here) is None)
    assert address.ensure(here) == url
    assert connects(url)


def test_a_door_of_another_version_is_replaced(here: Home) -> None:
    url = address.ensure(here)
    old = pid_of(here)
    said = json.loads(here.server_about.read_text())
    here.server_about.write_text(json.dumps({**said, "version": "0.0.1"}))
    assert address.ensure(here) == url
    assert pid_of(here) != old


@pytest.mark.slow
def test_the_door_goes_with_its_home(here: Home) -> None:
    url = address.ensure(here)
    door = pid_of(here)
    shutil.rmtree(here.root)
    until(lambda: not psutil.pid_exists(door))
    assert not connects(url)
    assert not here.root.exists()


@pytest.mark.parametrize("word", ["off", "OFF", "0", "no", "false"])
def test_it_can_be_switched_off(here: Home, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("LAZULITE_SERVER", word)
    assert address.ensure(here) == ""
    assert not here.server_lock.exists()


def test_variables_of_a_job_do_not_reach_the_server(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUREML_RUN_TOKEN", "secret")
    monkeypatch.setenv("LAZULITE_OUTBOX", "/nowhere")
    address.ensure(here)
    variables = psutil.Process(pid_of(here)).environ()
    assert not {"AZUREML_RUN_TOKEN", "LAZULITE_OUTBOX"} & set(variables)


def test_asking_costs_next_to_nothing(here: Home) -> None:
    """Milliseconds when it must be started, microseconds afterwards; the bounds are for busy machines."""
    began = time.perf_counter()
    address.ensure(here)
    started = time.perf_counter() - began
    again = []
    for _ in range(20):
        began = time.perf_counter()
        address.ensure(here)
        again.append(time.perf_counter() - began)
    assert started < 0.25
    assert sorted(again)[10] < 0.005
