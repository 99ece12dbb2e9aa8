"""A Databricks workspace on the loopback interface, as far as its REST API is documented and Lazulite's client uses it.

It checks our client (paths, bodies, order, what becomes of each answer), not Databricks: it runs nothing, and a service
that differs from its documentation differs from this. A test writes down how runs go and which requests are refused:

    with LoopbackDatabricks.started() as databricks:
        databricks.runs.plan(PENDING, RUNNING, State("TERMINATED", "FAILED", "boom"))
        databricks.refusals.plan("runs/get", Refused(429, "REQUEST_LIMIT_EXCEEDED", "slow", {"Retry-After": "1"}))
        … attach databricks.host with databricks.token, run a step, look at databricks.calls
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lazulite.testing.databricks_clusters import Clusters, Secrets
from lazulite.testing.databricks_files import Dbfs, WorkspaceFiles
from lazulite.testing.databricks_refusals import Refusals, Refused
from lazulite.testing.databricks_runs import PENDING, RUNNING, SUCCESS, WELL, Runs, State, SubmittedRun

__all__ = [
    "PENDING",
    "RUNNING",
    "SUCCESS",
    "WELL",
    "Call",
    "LoopbackDatabricks",
    "Refused",
    "State",
    "SubmittedRun",
]

_USER = "someone@example.com"
_VERSION = re.compile(r"^/api/2\.\d/")
_Route = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Call:
    """One request that came: method, path without `/api/<version>/`, and what was sent with it."""

    method: str
    path: str
    given: Mapping[str, Any]


class LoopbackDatabricks:
    """The state of the workspace, and what was asked of it."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.token = "dapi-loopback"  # noqa: S105 - opens nothing else
        self.calls: list[Call] = []
        self.refusals = Refusals()
        self.dbfs = Dbfs()
        self.workspace = WorkspaceFiles()
        self.clusters = Clusters()
        self.secrets = Secrets()
        self.runs = Runs(lambda run: f"{host}/?o=1#job/1/run/{run}")
        self.runs.clusters = self.clusters.states
        self._came = threading.Condition()
        self._routes = self._table()

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[LoopbackDatabricks]:
        """Serve on a free port of 127.0.0.1 until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.daemon_threads = True
        found = cls(f"http://127.0.0.1:{server.server_address[1]}")
        server.databricks = found  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def paths(self, *ends: str) -> list[str]:
        """The paths that were asked for, in order; only those that end with one of `ends`, if any are given."""
        return [call.path for call in self.calls if not ends or call.path.endswith(ends)]

    def answers(self, method: str, path: str, route: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        """Let `route` answer from now on: a function of what is sent, which may raise `Refused`."""
        self._routes[method, path] = route

    def wait_for(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until `holds`, which is asked again after each request.

        Raises:
            AssertionError: it does not within `seconds`.
        """
        with self._came:
            assert self._came.wait_for(holds, seconds), f"not within {seconds:g} s; asked: {self.paths()}"

    def answer(self, call: Call, authorization: str) -> dict[str, Any]:
        """Answer one request.

        Raises:
            Refused: with an error.
        """
        try:
            return self._answer(call, authorization)
        finally:
            with self._came:
                self.calls.append(call)
                self._came.notify_all()

    def _answer(self, call: Call, authorization: str) -> dict[str, Any]:
        if call.path.startswith("/.well-known"):
            raise Refused(404, "ENDPOINT_NOT_FOUND", "No such page.")
        if authorization != f"Bearer {self.token}":
            raise Refused(403, "PERMISSION_DENIED", "Invalid access token.")
        self.refusals.check(call.path)
        if call.path.startswith("fs/"):
            return self._volume(call)
        route = self._routes.get((call.method, call.path))
        if route is None:
            raise Refused(404, "ENDPOINT_NOT_FOUND", f"No API found for '{call.method} {call.path}'")
        return route(call.given)

    def _volume(self, call: Call) -> dict[str, Any]:
        if call.path.startswith("fs/directories/"):
            return {}
        path = unquote(call.path.removeprefix("fs/files"))
        if call.method == "PUT":
            self.dbfs.files[path] = call.given.get("bytes", b"")
        elif call.method == "DELETE":
            self.dbfs.files.pop(path, None)
        return {}

    def _table(self) -> dict[tuple[str, str], _Route]:
        dbfs, runs, secrets, clusters = self.dbfs, self.runs, self.secrets, self.clusters
        return {
            ("GET", "preview/scim/v2/Me"): lambda _: {"userName": _USER, "id": "1", "active": True},
            ("POST", "jobs/runs/submit"): runs.submit,
            ("GET", "jobs/runs/get"): runs.get,
            ("GET", "jobs/runs/get-output"): runs.output,
            ("POST", "jobs/runs/cancel"): runs.cancel,
            ("POST", "dbfs/create"): dbfs.create,
            ("POST", "dbfs/add-block"): dbfs.add_block,
            ("POST", "dbfs/close"): dbfs.close,
            ("POST", "dbfs/put"): dbfs.put,
            ("GET", "dbfs/read"): dbfs.read,
            ("GET", "dbfs/get-status"): dbfs.status,
            ("GET", "dbfs/list"): dbfs.list_folder,
            ("POST", "dbfs/delete"): dbfs.delete,
            ("POST", "dbfs/move"): dbfs.move,
            ("POST", "dbfs/mkdirs"): lambda _: {},
            ("POST", "workspace/mkdirs"): lambda _: {},
            ("POST", "workspace/import"): self._import,
            ("POST", "workspace/delete"): self.workspace.delete,
            ("GET", "workspace/get-status"): self.workspace.status,
            ("GET", "clusters/get"): clusters.get,
            ("POST", "clusters/start"): clusters.start,
            ("POST", "clusters/restart"): clusters.restart,
            ("GET", "libraries/cluster-status"): clusters.libraries,
            ("POST", "libraries/install"): clusters.install,
            ("POST", "libraries/uninstall"): clusters.uninstall,
            ("POST", "secrets/scopes/create"): secrets.create_scope,
            ("GET", "secrets/scopes/list"): secrets.list_scopes,
            ("POST", "secrets/put"): secrets.put,
            ("POST", "secrets/delete"): secrets.delete,
        }

    def _import(self, body: Mapping[str, Any]) -> dict[str, Any]:
        content = base64.b64decode(body["content"])
        overwrite = bool(body.get("overwrite"))
        return self.workspace.put(body["path"], content, body.get("format", "SOURCE"), overwrite=overwrite)


class _Handler(BaseHTTPRequestHandler):
    """From HTTP to `LoopbackDatabricks.answer` and back."""

    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        databricks: LoopbackDatabricks = self.server.databricks  # type: ignore[attr-defined]
        url = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_json = "json" in self.headers.get("Content-Type", "")
        given: dict[str, Any] = dict(parse_qsl(url.query))
        given |= json.loads(data) if data and is_json else {"bytes": data} if data else {}
        call = Call(self.command, _VERSION.sub("", url.path), given)
        try:
            self._send(200, databricks.answer(call, self.headers.get("Authorization", "")), {})
        except Refused as refused:
            body = {"error_code": refused.code, "message": refused.message}
            self._send(refused.status, body, refused.headers)

    def _send(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""
