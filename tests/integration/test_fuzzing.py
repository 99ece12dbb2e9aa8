"""Nonsense of every kind is refused, and never breaks the server.

Requests are made from the OpenAPI document by schemathesis, valid and invalid ones, for every operation. Where a path names
a workspace or a run, it is one that exists, so that what lies behind the first look-up is reached too.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance
from tests.integration.fuzzed import BASE, Fuzzed, fuzzed

from lazulite.server.openapi import document

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

#: Cases for each operation; set the variable to look longer.
EXAMPLES = int(os.environ.get("LAZULITE_FUZZ_EXAMPLES", "12"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with fuzzed(tmp_path_factory.mktemp("fuzz") / "home") as made:
        yield made


SCHEMA = schemathesis.openapi.from_dict(document())
FOUND = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
OPERATIONS = {f"{one.method} {one.path}": one for one in FOUND}
#: It would take what the others work on.
DESTROYERS = {"delete_workspace"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_that_fits_or_does_not_fit_the_document_breaks_the_server(name: str, place: Fuzzed) -> None:
    server = place.server
    operation = OPERATIONS[name]
    is_destroyer = operation.definition.raw.get("operationId") in DESTROYERS

    cases = operation.as_strategy(GenerationMode("positive"))
    if operation.path_parameters or operation.query or operation.body:
        cases |= operation.as_strategy(GenerationMode("negative"))

    @hypothesis.given(case=cases, exists=hypothesis.strategies.booleans())
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any, exists: bool) -> None:
        if "workspace" in case.path_parameters and not is_destroyer:
            case.path_parameters["workspace"] = "fuzz" if "/v1.0/" in case.path else place.workspace
            case.path_parameters |= {"subscription": "sub", "group": "group"} if "/v1.0/" in case.path else {}
        if exists:
            for parameter in ("run_id", "id"):
                if parameter in case.path_parameters:
                    is_pipeline = "/Pipelines/" in case.path or "PipelineSubmit" in case.path
                    case.path_parameters[parameter] = place.pipeline if is_pipeline else place.run
        response = case.call(
            base_url=server.url, headers={"Authorization": f"Bearer {server.token}"}, timeout=60
        )
        case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])

    check()


# --- what no generator thinks of ---


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{" * 10_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"ExperimentName": "e", "ParameterAssignments": {"word": "\\u0000"}}',
        b'{"ExperimentName": "\\ud800"}',
        b'{"ExperimentName": 1e999}',
        b"\xff\xfe\x00",
        b'{"a":' + b"9" * 10_000 + b"}",
    ],
    ids=range(11),
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_bodies_that_are_no_submits_are_refused_in_v1s_shape(place: Fuzzed, body: bytes, kind: str) -> None:
    server = place.server
    answer = server.post(
        f"{BASE}/PipelineRuns/PipelineSubmit/{place.pipeline}", data=body, headers={"Content-Type": kind}
    )
    assert answer.status_code == 400
    assert answer.json()["Error"]["Message"]


def test_a_huge_body_is_refused_in_v1s_shape(place: Fuzzed) -> None:
    server = place.server
    path = f"{BASE}/PipelineRuns/PipelineSubmit/{place.pipeline}"
    for body in (b" " * 3_000_000, iter([b" " * 100_000] * 30)):
        answer = server.post(path, data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["Error"]["Code"]) == (413, "UserError")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer " + "x" * 10_000},
        {"Authorization": "Bearer t\xf6ken"},
        {"Authorization": "Basic dG9rZW46"},
        {"Cookie": "session=wrong"},
    ],
)
def test_a_wrong_token_is_refused_in_v1s_shape(place: Fuzzed, headers: dict[str, str]) -> None:
    server = place.server
    answer = requests.get(f"{server.url}{BASE}/Pipelines", headers=headers, timeout=30)
    assert answer.status_code == 401
    assert answer.json()["Error"]["InnerError"]["Code"] == "Unauthenticated"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_wrong_hosts_and_other_sites_are_refused_in_v1s_shape(
    place: Fuzzed, headers: dict[str, str], status: int
) -> None:
    server = place.server
    answer = server.post(
        f"{BASE}/PipelineRuns/PipelineSubmit/{place.pipeline}",
        json={"ExperimentName": "e"},
        headers=headers,
    )
    assert answer.status_code == status
    assert set(answer.json()) == {"Error", "Correlation"}


@pytest.mark.parametrize(
    "text",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /health HTTP/1.0\r\n\r\n",
        b"POST /api/v1/workspaces HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/workspaces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"TRACE /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    ],
    ids=range(10),
)
def test_what_is_hardly_http_is_refused(place: Fuzzed, text: bytes) -> None:
    server = place.server
    address = urlsplit(server.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as connection:
        connection.sendall(text)
        answer = connection.recv(1 << 16)
    assert answer.startswith((b"HTTP/1.1 4", b"")), answer
    assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5"))
    assert requests.get(f"{server.url}/health", timeout=10).ok
