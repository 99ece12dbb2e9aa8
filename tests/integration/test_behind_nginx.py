"""The nginx example of the documentation, in a real nginx with TLS: what the page says is what works."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from tests.integration.serving import Served, served

from lazulite.model.assets import Workspace
from lazulite.service.local import LocalService
from lazulite.testing.sample_runs import store_snapshot, submission

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run-a-team-server.md"
NAME = "lazulite.example.org"
MIB = 1 << 20

pytestmark = pytest.mark.slow


@dataclass
class Proxy:
    """nginx before a server. Requests name the host of the example, and go to this machine."""

    port: int
    certificate: Path
    behind: Served

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        headers = {**self.behind.headers, "Host": NAME}
        return requests.request(
            method,
            f"https://127.0.0.1:{self.port}{path}",
            headers=headers,
            verify=str(self.certificate),
            timeout=120,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture
def service(home: Path) -> LocalService:
    return LocalService(str(home))


@pytest.fixture
def proxy(service: LocalService, home: Path, tmp_path: Path) -> Iterator[Proxy]:
    settings = {"LAZULITE_SERVE_PUBLIC_URL": f"https://{NAME}", "LAZULITE_SERVE_TRUSTED_PROXIES": "127.0.0.1"}
    port, upstream = _free_port(), _free_port()
    where = f"http://127.0.0.1:{upstream}"
    with (
        served(home, "--port", str(upstream), answers_at=where, **settings) as behind,
        _nginx(tmp_path, port, upstream) as certificate,
    ):
        yield Proxy(port, certificate, behind)


@contextmanager
def _nginx(folder: Path, port: int, upstream: int) -> Iterator[Path]:
    """nginx with the page's configuration, in which only addresses and the places of files are others."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed (scripts/system-packages installs them)")
    found = re.search(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    certificate, key = folder / "lazulite.crt", folder / "lazulite.key"
    _make_certificate(certificate, key)
    site = found[1]
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/ssl/lazulite.crt", str(certificate)),
        ("/etc/ssl/lazulite.key", str(key)),
        ("http://127.0.0.1:8430;", f"http://127.0.0.1:{upstream};"),
    ):
        assert site.count(old) == 1, old
        site = site.replace(old, new)
    places = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off;\n{user}\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}\n{site}\n}}\n"
    )
    running = subprocess.Popen(
        [program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, running, folder / "nginx.log")
        yield certificate
    finally:
        running.terminate()
        running.wait(30)


def _make_certificate(certificate: Path, key: Path) -> None:
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={NAME}",
    ]
    names = [
        "-addext",
        f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run([*command, *names], check=True, capture_output=True)


def _wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(500):
        assert running.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_answers_over_tls(proxy: Proxy, service: LocalService) -> None:
    workspace = service.create_workspace(Workspace("", "behind", "sub", "group")).id
    assert proxy.request("GET", "/health").json()["status"] == "ok"
    assert [one["id"] for one in proxy.request("GET", "/api/v1/workspaces").json()] == [workspace]


def test_a_large_file_goes_up_and_comes_down(proxy: Proxy, service: LocalService) -> None:
    workspace = service.create_workspace(Workspace("", "behind", "sub", "group")).id
    piece = os.urandom(MIB)
    digest = hashlib.sha256(piece * 200).hexdigest()
    path = f"/api/v1/workspaces/{workspace}/blobs/{digest}"
    sent = proxy.request("PUT", path, data=(piece for _ in range(200)))
    assert sent.ok, sent.text
    received = hashlib.sha256()
    with proxy.request("GET", path, stream=True) as answer:
        for part in answer.iter_content(MIB):
            received.update(part)
    assert received.hexdigest() == digest


def test_events_come_while_they_happen(proxy: Proxy, service: LocalService) -> None:
    """The first event is here while the run still waits: nothing on the way collects them."""
    workspace = service.create_workspace(Workspace("", "behind", "sub", "group")).id
    run = service.submit(workspace, submission(store_snapshot(service, workspace), "wait"))
    path = f"/api/v1/workspaces/{workspace}/runs/{run.id}/events/stream"
    with proxy.request("GET", path, stream=True) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        first = next(line for line in lines if line.startswith("data:"))
        assert not service.get_run(workspace, run.id).status.is_terminal
        service.cancel_run(workspace, run.id)
        assert run.id in first
        assert any(line == "event: end" for line in lines)
