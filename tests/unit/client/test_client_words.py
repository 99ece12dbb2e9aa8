"""What the client says when a server cannot be used, and that errors are the same classes as at home."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from tests.serving import Served
from tests.unit.client.conftest import client

from lazulite.api.connect import connect
from lazulite.api.operations import OPERATIONS
from lazulite.api.service import Service
from lazulite.client.answers import error_in
from lazulite.client.remote import RemoteService
from lazulite.model import errors


def test_it_has_every_member_of_the_protocol() -> None:
    for name, member in vars(Service).items():
        if not name.startswith("_"):
            mine = getattr(RemoteService, name)
            if callable(member):
                assert inspect.signature(mine) == inspect.signature(member), name
    assert {operation.name for operation in OPERATIONS} <= set(vars(RemoteService))


def every(kind: type[errors.LazuliteError]) -> Iterator[type[errors.LazuliteError]]:
    if "code" in vars(kind):
        yield kind
    for inner in kind.__subclasses__():
        yield from every(inner)


def test_a_class_without_a_code_of_its_own_is_not_sent() -> None:
    class Said(errors.InvalidRequest):
        pass

    assert Said.code == errors.InvalidRequest.code
    assert type(errors.rebuilt("InvalidRequest", "words", {})) is errors.InvalidRequest


@pytest.mark.parametrize("kind", list(every(errors.LazuliteError)), ids=lambda kind: kind.code)
def test_an_error_arrives_as_what_it_was(kind: type[errors.LazuliteError]) -> None:
    made: errors.LazuliteError = kind.__new__(kind)
    if isinstance(made, errors.InvalidPlan):
        made = errors.InvalidPlan(["one", "two"])
    elif isinstance(made, errors.TransferFailed):
        made = errors.TransferFailed("none", {"a": "gone"})
    else:
        made = kind("words", thing="x")
    arrived = errors.rebuilt(made.code, made.message, made.details)
    assert type(arrived) is kind
    assert (str(arrived), arrived.message, arrived.details) == (str(made), made.message, made.details)
    for name in ("problems", "failures"):
        assert getattr(arrived, name, None) == getattr(made, name, None)


def test_an_unknown_code_is_the_base_of_all() -> None:
    assert type(errors.rebuilt("FromTheFuture", "words", {})) is errors.LazuliteError


def test_errors_of_a_server_are_raised_as_they_are(service: Service, workspace: str) -> None:
    with pytest.raises(errors.NotFound) as caught:
        service.get_run(workspace, "no-such-run")
    assert "no-such-run" in caught.value.message


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "http://127.0.0.1:9",
            "Nothing answers at http://127.0.0.1:9 (Connection refused). Is the URL right",
        ),
        ("http://no-such-host.invalid", "Nothing answers at http://no-such-host.invalid"),
    ],
)
def test_where_nothing_answers_that_is_said_at_once(url: str, said: str) -> None:
    with pytest.raises(errors.ServiceUnavailable) as caught:
        client(url, "t").list_workspaces()
    assert said in caught.value.message


@pytest.mark.parametrize("url", ["http://", "ftp://x", "http://user:secret@host", "http://host?x=1"])
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(errors.InvalidRequest):
        client(url, "t")


def test_wrong_tokens_and_none_are_told_apart(
    server: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(errors.Unauthenticated, match="does not know who calls"):
        client(server.url, "wrong").list_workspaces()
    monkeypatch.delenv("LAZULITE_TOKEN", raising=False)
    with pytest.raises(errors.Unauthenticated, match="There is no token for"):
        connect(server.url).list_workspaces()
    monkeypatch.setenv("LAZULITE_TOKEN", server.token)
    assert connect(server.url).list_workspaces() == ()


def test_a_plain_server_asked_for_tls(server: Served) -> None:
    with pytest.raises(errors.ServiceUnavailable, match="does not speak TLS"):
        client(server.url.replace("http", "https"), server.token).list_workspaces()


def test_a_proxy_named_by_the_environment_is_not_asked_for_this_machine(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client(server.url, server.token).list_workspaces() == ()


class Other(BaseHTTPRequestHandler):
    """A server that is none of ours."""

    def do_GET(self) -> None:
        status, headers, body = {
            "/page/api/v1/workspaces": (200, {"Content-Type": "text/html"}, b"<html>hello</html>"),
            "/moved/api/v1/workspaces": (301, {"Location": "https://elsewhere/"}, b""),
            "/crash/api/v1/workspaces": (500, {"Content-Type": "text/plain"}, b"oops"),
            "/away/api/v1/workspaces": (502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"),
            "/json/api/v1/workspaces": (200, {"Content-Type": "application/json"}, b'{"not": "ours"}'),
            "/old/api/v1/workspaces": (
                400,
                {"Content-Type": "application/json", "Lazulite-Version": "0.0.1"},
                b'{"error": {"code": "InvalidRequest", "message": "An unknown name."}}',
            ),
        }[self.path.partition("?")[0]]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def other() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("page", errors.ServiceUnavailable, "not as a Lazulite server does (200 OK)"),
        ("moved", errors.ServiceUnavailable, "sends on to https://elsewhere/"),
        ("crash", errors.ServiceUnavailable, "not as a Lazulite server does (500"),
        ("away", errors.ServiceUnavailable, "the Lazulite server behind it does not answer (502"),
        ("json", errors.Corrupt, ""),
        ("old", errors.InvalidRequest, "The server has version 0.0.1 of Lazulite"),
    ],
)
def test_servers_that_are_none_of_ours_or_of_another_version(
    other: str, path: str, kind: type[errors.LazuliteError], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lazulite.client.connection._PAUSES", (0.01,))
    with pytest.raises(kind) as caught:
        client(f"{other}/{path}", "t").list_workspaces()
    assert said in caught.value.message


def test_nothing_is_said_of_an_answer_that_is_no_error(server: Served) -> None:
    assert error_in(server.get("/api/v1/workspaces"), server.url) is None
