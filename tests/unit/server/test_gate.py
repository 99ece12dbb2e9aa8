"""What every request passes, on a real server."""

from __future__ import annotations

import hashlib
import http.client
import io
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from tests.serving import Served, serving

from lazulite.model.assets import Workspace
from lazulite.model.errors import StorageFull
from lazulite.server.settings import Settings
from lazulite.service.local import LocalService


@pytest.fixture
def server(home: Path) -> Iterator[Served]:
    with serving(LocalService(str(home)), settings=Settings(max_body_bytes=100_000)) as served:
        yield served


def raw(server: Served, method: str, target: str, **headers: str) -> tuple[int, bytes]:
    """Send a target as it is, which clients would tidy up."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request(method, target, headers={"Authorization": f"Bearer {server.token}", **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_only_health_answers_without_a_token(server: Served) -> None:
    assert requests.get(f"{server.url}/health", timeout=10).json()["status"] == "ok"
    for path in (
        "/ready",
        "/metrics",
        "/api/v1/workspaces",
        "/api/v1/nowhere",
        "/pipelines/v1.0/x",
        "/nowhere",
    ):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {server.token}"}):
            answer = requests.get(server.url + path, headers=headers, timeout=10)
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_errors_have_the_shape_that_their_reader_expects(server: Served) -> None:
    ours = server.get("/api/v1/nowhere")
    assert (ours.status_code, ours.json()["error"]["code"]) == (404, "NotFound")
    v1 = server.get("/pipelines/v1.0/nowhere").json()
    assert set(v1) == {"Error", "Correlation"}
    assert set(v1["Error"]) == {"Code", "Message", "Target", "Details", "InnerError", "DebugInfo"}
    page = server.get("/nowhere<script>", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<script>" not in page.text
    method = server.put("/api/v1/engine")
    assert (method.status_code, method.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io:80"])
def test_a_name_that_is_not_its_own_is_refused(server: Served, host: str) -> None:
    assert raw(server, "GET", "/health", Host=host)[0] == 400


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/workspaces/%2e%2e/runs",
        "/api/v1/workspaces/../../etc/passwd",
        "/api/v1/workspaces/a%2Fb",
        "/api/v1/workspaces/a%00b",
        "/api/v1/workspaces/a%5cb",
        "/static/%2e%2e/%2e%2e/secret",
    ],
)
def test_tricks_with_paths_are_refused(server: Served, target: str) -> None:
    status, body = raw(server, "GET", target)
    assert status == 400
    assert b"PathEscapes" in body or b"The path holds" in body


def test_other_sites_change_nothing(server: Served) -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = server.post("/api/v1/engine/stop", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Forbidden")
    for headers in ({"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert server.post("/api/v1/engine/stop", headers=headers).status_code == 204


def test_a_large_body_is_refused_however_it_comes(server: Served) -> None:
    for body in (b"x" * 200_000, iter([b"x" * 10_000] * 20)):
        answer = server.post("/api/v1/workspaces", data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TooLarge")


def test_a_body_of_another_kind_is_refused(server: Served) -> None:
    answer = server.post("/api/v1/workspaces", data={"name": "x"})
    assert answer.status_code == 400
    assert "application/json" in answer.json()["error"]["message"]


def test_every_answer_says_what_a_browser_may_do_with_it(server: Served) -> None:
    for answer in (
        server.get("/api/v1/workspaces"),
        server.get("/nowhere"),
        requests.get(server.url, timeout=9),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


class FullService(LocalService):
    """A service whose disk is full, or which has a mistake."""

    def list_workspaces(
        self, name: str | None = None, subscription_id: str | None = None, resource_group: str | None = None
    ) -> tuple[()]:
        if name:
            raise RuntimeError("secret detail")
        raise StorageFull("The disk under /home is full.")


def test_no_header_is_sent_twice(server: Served) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request("GET", "/health")
    names = [name.lower() for name, _ in connection.getresponse().getheaders()]
    connection.close()
    assert len(names) == len(set(names))


def test_a_mistake_of_ours_tells_only_its_number(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving(FullService(str(home))) as server:
        assert server.get("/api/v1/workspaces").status_code == 507
        with caplog.at_level(logging.ERROR):
            answer = server.get("/api/v1/workspaces?name=x")
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.json()["error"]["details"]["reference"] in caplog.text


def test_metrics_count_answers_by_route(server: Served) -> None:
    server.get("/api/v1/workspaces")
    server.get("/api/v1/workspaces/nowhere")
    server.get("/somewhere/else")
    text = server.get("/metrics").text
    assert 'lazulite_http_requests_total{method="GET",route="/api/v1/workspaces",status="200"} 1.0' in text
    assert 'route="/api/v1/workspaces/{workspace}",status="404"} 1.0' in text
    assert 'route="none",status="404"} 1.0' in text
    assert "lazulite_active_runs 0.0" in text


def test_sites_that_are_named_may_call_with_a_token(home: Path) -> None:
    site = "https://app.example.org"
    with serving(LocalService(str(home)), settings=Settings(allowed_origins=(site,))) as server:
        asked = {"Origin": site, "Access-Control-Request-Method": "POST"}
        answer = requests.options(f"{server.url}/api/v1/engine/stop", headers=asked, timeout=9)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == site
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
        answer = server.post("/api/v1/engine/stop", headers={"Origin": site})
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, site)
        asked["Origin"] = "https://evil.example"
        answer = requests.options(f"{server.url}/api/v1/engine/stop", headers=asked, timeout=9)
        assert answer.status_code == 401
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.slow
def test_a_body_that_stops_coming_is_given_up(home: Path) -> None:
    with serving(LocalService(str(home)), settings=Settings(read_seconds=0.2)) as server:
        address = urlsplit(server.url)
        head = (
            f"POST /api/v1/workspaces HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {server.token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20) as slow:
            slow.sendall(head.encode())
            answer = b"".join(iter(lambda: slow.recv(1 << 16), b""))  # to the end of the connection
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Nothing of the body came" in answer


def test_a_question_for_the_head_alone_is_answered_with_it(server: Served, home: Path) -> None:
    service = LocalService(str(home))
    workspace = service.create_workspace(Workspace("", "heads", "sub", "group")).id
    data = b"0123456789"
    digest = hashlib.sha256(data).hexdigest()
    service.put_blob(workspace, digest, io.BytesIO(data))
    answer = server.request("HEAD", f"/api/v1/workspaces/{workspace}/blobs/{digest}")
    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "10", b"")
    assert server.request("HEAD", f"/api/v1/workspaces/{workspace}").status_code == 200


@pytest.mark.slow
def test_a_large_file_passes_without_being_held(server: Served, home: Path) -> None:
    service = LocalService(str(home))
    workspace = service.create_workspace(Workspace("", "large", "sub", "group")).id
    piece, count = bytes(1 << 20), 200
    digest = hashlib.sha256(piece * count).hexdigest()
    path = f"/api/v1/workspaces/{workspace}/blobs/{digest}"
    process = psutil.Process()
    before = process.memory_info().rss
    most = 0
    assert server.put(path, data=iter([piece] * count)).status_code == 204
    with server.get(path, stream=True) as answer:
        assert answer.headers["Content-Length"] == str(count << 20)
        for _ in answer.iter_content(1 << 20):
            most = max(most, process.memory_info().rss - before)
    assert most < 100 << 20
