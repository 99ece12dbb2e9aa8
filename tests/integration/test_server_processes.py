"""The processes that listen: a server on demand, a server for a team, and what happens when they end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests
from tests.integration.serving import Submitter, served, until

from lazulite.api.home_secrets import home_token
from lazulite.model.assets import Workspace
from lazulite.model.run import RunQuery
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission

pytestmark = pytest.mark.slow


@pytest.fixture
def service(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    found = LocalService(str(home))
    yield found
    found.stop_server()


@pytest.fixture
def workspace(service: LocalService) -> str:
    return service.create_workspace(Workspace("", "served", "sub", "group")).id


def ask(url: str, home: Path) -> requests.Response:
    headers = {"Authorization": f"Bearer {home_token(str(home))}"}
    return requests.get(f"{url}/api/v1/workspaces", headers=headers, timeout=60)


def servers_of(service: LocalService) -> list[psutil.Process]:
    pid = service.engine_status().server_pid
    return psutil.Process(pid).children() if pid else []


def test_the_next_line_can_call_the_address(service: LocalService, workspace: str, home: Path) -> None:
    answer = ask(service.address(), home)
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()] == [workspace]


@pytest.mark.slow
def test_a_server_that_nobody_asks_stops_and_comes_back(
    service: LocalService, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZULITE_SERVER_IDLE_SECONDS", "0.2")
    url = service.address()
    for _ in range(2):
        assert ask(url, home).status_code == 200
        assert len(servers_of(service)) == 1
        until(lambda: not servers_of(service))
    assert service.address() == url


@pytest.mark.slow
def test_a_killed_server_is_replaced_when_the_next_one_asks(service: LocalService, home: Path) -> None:
    url = service.address()
    assert ask(url, home).status_code == 200
    (server,) = servers_of(service)
    server.kill()
    assert ask(url, home).status_code == 200


@pytest.mark.slow
def test_the_server_of_a_killed_door_ends_and_its_address_stays(service: LocalService, home: Path) -> None:
    url = service.address()
    assert ask(url, home).status_code == 200
    (server,) = servers_of(service)
    os.kill(service.engine_status().server_pid or 0, signal.SIGKILL)
    until(lambda: not server.is_running())
    assert service.address() == url
    assert ask(url, home).status_code == 200


@pytest.mark.slow
def test_stopping_ends_door_and_server(service: LocalService, home: Path) -> None:
    url = service.address()
    assert ask(url, home).status_code == 200
    (server,) = servers_of(service)
    assert service.stop_server()
    assert not server.is_running()
    assert service.engine_status().server_url == ""
    with pytest.raises(requests.ConnectionError):
        ask(url, home)


def test_a_server_that_cannot_start_says_so(
    service: LocalService, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "uvicorn.py").write_text("raise ImportError('as asked')")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    answer = ask(service.address(), home)
    assert answer.status_code == 503
    assert "could not be started" in answer.text
    assert "as asked" in (home / "server.log").read_text()


@pytest.mark.slow
def test_serve_serves_until_it_is_told_to_stop(service: LocalService, home: Path) -> None:
    service.stop_server()
    with served(home) as team:
        assert team.get("/api/v1/workspaces").json() == []
        assert service.address() == team.url
        assert not service.stop_server()  # whoever started it stops it
        (server,) = team.servers()
        team.process.send_signal(signal.SIGTERM)
        assert team.process.wait(30) == 0
        assert not server.is_running()


@pytest.mark.slow
def test_a_home_is_served_once(service: LocalService, home: Path) -> None:
    with served(home) as team:
        second = subprocess.run(
            [Path(sys.executable).with_name("lazulite"), "--home", home, "serve", "--port", "0"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert "is served already" in second.stderr
        assert f"kill -HUP {team.process.pid}" in second.stderr


@pytest.mark.slow
def test_serve_takes_over_from_the_door(service: LocalService, home: Path) -> None:
    old = service.address()
    with served(home) as team:
        assert team.url != old
        assert service.address() == team.url


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(service: LocalService, home: Path, tmp_path: Path) -> None:
    with served(home) as team:
        port = team.url.rpartition(":")[2]
        told = serve_refused(tmp_path / "other", "--port", port)
    assert f"Another program listens on 127.0.0.1:{port} already" in told


@pytest.mark.slow
def test_there_is_a_first_user_before_anybody_can_connect(home: Path) -> None:
    form = {"grant_type": "password", "username": "admin"}
    with served(home) as team:
        file = home / "first-password"
        assert file.stat().st_mode & 0o777 == 0o600
        form["password"] = file.read_text().strip()
        token = requests.post(f"{team.url}/auth/token", data=form, timeout=30).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.get(f"{team.url}/auth/me", headers=headers, timeout=30).json()["roles"] == {
            "*": "Owner"
        }
        file.unlink()
    with served(home, LAZULITE_ADMIN_PASSWORD="another password"):
        assert not file.exists()
        assert [one.name for one in LocalService(str(home)).access.principals()] == ["admin"]


def test_the_first_users_password_is_no_short_one(home: Path) -> None:
    assert "10 to 1024 characters" in serve_refused(home, LAZULITE_ADMIN_PASSWORD="short")


def test_an_unknown_option_is_named(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "server.yaml").write_text("prot: 9000\n")
    assert "Did you mean 'port'?" in serve_refused(home)


def serve_refused(home: Path, *arguments: str, **variables: str) -> str:
    told = subprocess.run(
        [Path(sys.executable).with_name("lazulite"), "--home", home, "serve", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
        timeout=60,
    )
    assert told.returncode in (1, 2), told
    return told.stderr


def check_recorded(service: LocalService, workspace: str, client: Submitter) -> None:
    """Everything that was acknowledged is there."""
    recorded = {run.id for run in service.list_runs(workspace, RunQuery(top_level=True, limit=None))}
    assert client.accepted
    assert set(client.accepted) <= recorded


@pytest.mark.slow
def test_open_streams_do_not_keep_a_server_that_is_to_stop(
    service: LocalService, workspace: str, home: Path
) -> None:
    run = service.submit(workspace, submission(store_snapshot(service, workspace), "wait"))
    with served(home) as team:
        url = f"{team.url}/api/v1/workspaces/{workspace}/runs/{run.id}/events/stream"
        with requests.get(url, headers=team.headers, stream=True, timeout=60) as answer:
            lines = answer.iter_lines(chunk_size=1)
            next(line for line in lines if line.startswith(b"data:"))
            began = time.monotonic()
            team.process.send_signal(signal.SIGTERM)
            for _ in lines:  # to the end, which comes without an error
                pass
        assert team.process.wait(30) == 0
        assert time.monotonic() - began < 15  # requests have 20 s to end; a stream would never
    service.cancel_run(workspace, run.id)


@pytest.mark.slow
def test_systemd_keeps_the_socket_while_everything_is_replaced(home: Path, tmp_path: Path) -> None:
    """Who connects while no process of ours lives is answered by the next one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with started_by_systemd(home, listener):
            assert requests.get(f"{url}/health", timeout=60).status_code == 200
        answers: list[requests.Response] = []
        waiting = threading.Thread(target=lambda: answers.append(requests.get(f"{url}/health", timeout=60)))
        waiting.start()
        with started_by_systemd(home, listener):
            waiting.join(60)
        assert [one.status_code for one in answers] == [200]


@contextmanager
def started_by_systemd(home: Path, listener: socket.socket) -> Iterator[None]:
    """`lazulite serve`, given a socket as the third open file, with the variables that systemd sets."""
    program = Path(sys.executable).with_name("lazulite")
    start = f"""
import os
os.dup2({listener.fileno()}, 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv({str(program)!r}, ["lazulite", "--home", {str(home)!r}, "serve"])
"""
    running = subprocess.Popen(
        [sys.executable, "-c", start], pass_fds=[listener.fileno()], stdout=subprocess.PIPE
    )
    try:
        assert running.stdout
        assert b"Lazulite serves" in running.stdout.readline()
        yield
    finally:
        running.terminate()
        assert running.wait(60) == 0
        if running.stdout:
            running.stdout.close()


@pytest.mark.slow
def test_a_restart_interrupts_nobody(service: LocalService, workspace: str, home: Path) -> None:
    """A client submits without a pause while the server is replaced three times: not one request fails."""
    snapshot = store_snapshot(service, workspace)
    with served(home) as team, Submitter(team, workspace, submission(snapshot)) as client:
        for _ in range(3):
            before = team.servers()
            team.process.send_signal(signal.SIGHUP)
            until(lambda before=before: len(team.servers()) == 1 and team.servers() != before)  # type: ignore[misc]
            seen = len(client.accepted)
            until(lambda seen=seen: len(client.accepted) > seen + 2)  # type: ignore[misc]
    assert client.failed == []
    check_recorded(service, workspace, client)


@pytest.mark.slow
def test_a_new_server_that_cannot_start_leaves_the_old_one(service: LocalService, home: Path) -> None:
    with served(home) as team:
        (old,) = team.servers()
        (home / "server.yaml").write_text("prot: 1\n")
        team.process.send_signal(signal.SIGHUP)
        until(lambda: "Did you mean" in (home.parent / "serve.log").read_text())
        until(lambda: team.servers() == [old])
        assert team.get("/health").status_code == 200


@pytest.mark.slow
def test_a_killed_server_loses_nothing_that_was_acknowledged(
    service: LocalService, workspace: str, home: Path
) -> None:
    snapshot = store_snapshot(service, workspace)
    with served(home) as team, Submitter(team, workspace, submission(snapshot)) as client:
        for _ in range(4):
            seen = len(client.accepted)
            until(lambda seen=seen: len(client.accepted) > seen + 4)  # type: ignore[misc]
            for server in team.servers():
                server.kill()
    assert len(client.failed) <= 4  # the one request that was in flight, each time
    check_recorded(service, workspace, client)
