"""Every route of the application, as it is enumerated from the application itself, for every kind of caller.

A route that somebody adds is in here at once: it is either found in one of the tables that say who may call it, or this
test says that nobody has decided that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.routing import Mount, Route
from tests.serving import Served, serving

from lazulite.api.connect import connect
from lazulite.api.operations import OPERATIONS, PREFIX
from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.assets import Workspace
from lazulite.model.codec import to_data
from lazulite.model.ids import new_id
from lazulite.model.run import Run, RunKind, RunStatus
from lazulite.model.signed import RUN, sign
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.v1.prefixes import PREFIXES, SCOPE
from lazulite.server.v1.routes import ROUTES
from lazulite.service.local import LocalService

#: Answers without a caller, and to every caller but a run.
OPEN = {
    "GET /health",
    "GET /login",
    "POST /login",
    "POST /auth/token",
    "GET /favicon.ico",
    "GET /static/{digest}/{name}",
}
#: For whoever is known.
KNOWN = {
    "GET /ready",
    "GET /metrics",
    "GET /auth/me",
    "GET /auth/tokens",
    "DELETE /auth/tokens/{token}",
    "POST /logout",
    "GET /",
    f"GET {PREFIX}/openapi.json",
}
#: For a role in the workspace of the path (or everywhere), besides those of the operations table and of v1's.
ROLES = {
    f"GET {PREFIX}/workspaces/{{workspace}}/runs/{{run_id}}/events/stream": Role.READER,
    f"GET {PREFIX}/workspaces/{{workspace}}/runs/{{run_id}}/logs": Role.READER,
    f"GET {PREFIX}/workspaces/{{workspace}}/runs/{{run_id}}/logs/text": Role.READER,
    f"GET {PREFIX}/workspaces/{{workspace}}/runs/{{run_id}}/logs/stream": Role.READER,
}
#: For owners of everything.
SYSTEM = {f"GET {PREFIX}/audit"}
#: What the token of a run may begin to ask, without naming a run.
OF_RUNS = {
    f"GET {PREFIX}/workspaces/{{workspace}}",
    f"POST {PREFIX}/workspaces/{{workspace}}/interactive-runs",
}
#: A personal token makes no other: tested with the logins.
NOT_BY_TOKEN = {"POST /auth/tokens"}
#: Of the portal's pages and forms, those that need another role than Reader (GET) or Contributor (POST).
PORTAL = {
    "GET /workspaces/{workspace}/runs/delete": Role.OWNER,
    "POST /workspaces/{workspace}/runs/delete": Role.OWNER,
    "GET /workspaces/{workspace}/experiments/{name}/delete": Role.OWNER,
    "POST /workspaces/{workspace}/experiments/{name}/delete": Role.OWNER,
}
CALLERS = (
    "nobody",
    "bad token",
    "expired token",
    "disabled user",
    "token of another run",
    "Reader",
    "Contributor",
    "Owner",
    "Owner of another workspace",
    "system owner",
)
UNKNOWN = {"nobody", "bad token", "expired token", "disabled user"}
HELD = {
    "Reader": Role.READER,
    "Contributor": Role.CONTRIBUTOR,
    "Owner": Role.OWNER,
    "system owner": Role.OWNER,
}


@dataclass
class World:
    """A system with a workspace, another one, somebody of every kind, and a server before it."""

    server: Served
    team: Workspace
    spare: dict[str, Workspace] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)

    def send(self, caller: str, method: str, template: str) -> requests.Response:
        """Call a route as a caller, about things that do not exist in a workspace that does."""
        token = self.tokens[caller]
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        team = (
            self.spare.get(caller, self.team)
            if template == f"{PREFIX}/workspaces/{{workspace}}" and method == "DELETE"
            else self.team
        )
        path = self._filled(template, team)
        body: Any = {}
        if template == f"{PREFIX}/workspaces" and method == "PUT":
            body = to_data(self.team)
        data = {"json": body} if method in ("POST", "PUT", "PATCH") and not _is_form(template) else {}
        return requests.request(
            method, self.server.url + path, headers=headers, timeout=60, allow_redirects=False, **data
        )

    def _filled(self, template: str, team: Workspace) -> str:
        is_v1 = any(template.startswith(prefix + "/") for prefix in PREFIXES)
        known = {
            "workspace": team.name if is_v1 else team.id,
            "subscription": team.subscription_id,
            "group": team.resource_group,
            "kind": "model",
            "version": "1",
            "digest": "0" * 64,
        }
        return re.sub(r"{(\w+)(?::path)?}", lambda found: known.get(found[1], "no-such-thing"), template)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("matrix") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", str(home))
        patch.delenv("LAZULITE_URL", raising=False)
        service = LocalService(str(home))
        with serving(service, AccessGuard(service.access), token=service.access.home_token) as server:
            yield _populated(server, service)
        connect(str(home)).stop_engine()
        service.stop_engine()


def _populated(server: Served, service: LocalService) -> World:
    team, other = (
        service.create_workspace(Workspace("", name, "local", "local")) for name in ("team", "other")
    )
    access = service.access
    made = World(server, team)

    def token(caller: str, place: str, role: Role, days: float | None = None) -> str:
        name = caller.replace(" ", "-")
        access.add_user(name)
        access.grant(name, place, role)
        made.tokens[caller] = access.create_token(name, "test", days)[1]
        return name

    for caller, role in HELD.items():
        place = EVERYWHERE if caller == "system owner" else team.id
        name = token(caller, place, role)
        made.spare[caller] = service.create_workspace(Workspace("", f"spare-{name}", "local", "local"))
        if place != EVERYWHERE:
            access.grant(name, made.spare[caller].id, role)
    token("Owner of another workspace", other.id, Role.OWNER)
    token("expired token", EVERYWHERE, Role.OWNER, days=1e-9)
    name = token("disabled user", EVERYWHERE, Role.OWNER)
    access.disable(name)
    run = service.create_run(
        team.id,
        Run(
            new_id(),
            team.id,
            "e",
            RunKind.INTERACTIVE,
            RunStatus.RUNNING,
            datetime.now(timezone.utc),
        ),
    )
    claims = {"workspace": team.id, "run": run.id, "root": run.id}
    made.tokens |= {
        "nobody": None,
        "bad token": "lzp_" + "x" * 43,
        "token of another run": sign(access.signing_key, RUN, claims, 600),
    }
    return made


def _is_form(template: str) -> bool:
    return template in ("/login", "/auth/token", "/logout") or template.startswith("/workspaces/")


def routes(app: Any) -> list[str]:
    """`METHOD /template` of everything the application answers."""
    return sorted({f"{method} {template}" for method, template in _walk(app.routes, "")})


def _walk(found: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for route in found:
        if isinstance(route, Mount):
            yield from _walk(route.routes, prefix + route.path)
            continue
        assert isinstance(route, Route), route
        template = prefix + route.path
        methods = route.methods or _methods(route.endpoint)
        yield from ((method, template) for method in methods if method not in ("HEAD", "OPTIONS"))


def _methods(resource: Any) -> list[str]:
    """Of our own ASGI applications for one path: the methods that they have something for."""
    return list(getattr(resource, "_operations", None) or resource._routes)


def wanted(route: str) -> Role | str | None:
    """Who may call a route: a role in its workspace, "open", "known" or "system"; None if nobody has decided."""
    if route in OPEN:
        return "open"
    if route in KNOWN | NOT_BY_TOKEN:
        return "known"
    if route in SYSTEM:
        return "system"
    table: Mapping[str, Role | str] = {**_of_operations(), **_of_v1(), **ROLES}
    if route in table:
        return table[route]
    method, _, template = route.partition(" ")
    if template.startswith("/workspaces/{workspace}"):  # the portal's pages and forms
        return PORTAL.get(route, Role.READER if method == "GET" else Role.CONTRIBUTOR)
    return None


def _of_operations() -> dict[str, Role | str]:
    return {
        f"{one.method} {PREFIX}{one.path}": "system" if one.system else (one.role or "known")
        for one in OPERATIONS
    }


def _of_v1() -> dict[str, Role | str]:
    return {
        f"{method} {prefix}{SCOPE}{one.path}": one.role
        for prefix in PREFIXES
        for one in ROUTES
        for method in one.methods
    }


def test_somebody_has_decided_who_may_call_each_route(world: World) -> None:
    everything = routes(world.server.app)
    assert len(everything) > 150
    assert [route for route in everything if wanted(route) is None] == []


def expected(caller: str, route: str) -> str:
    """What a caller gets: "unknown" (401), "forbidden" (403), "nothing" (404, as if the workspace were not there), "in"."""
    needs = wanted(route)
    if caller in UNKNOWN:
        return "in" if needs == "open" else "unknown"
    if caller == "token of another run":
        is_let_in = route in OF_RUNS
    elif isinstance(needs, Role):
        if caller not in HELD:
            return "nothing"
        is_let_in = HELD[caller].includes(needs)
    else:
        is_let_in = route not in NOT_BY_TOKEN and (needs != "system" or caller == "system owner")
    return "in" if is_let_in else "forbidden"


def got(answer: requests.Response) -> str:
    """The same, of an answer."""
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        return "unknown"
    if answer.status_code == 403:
        return "forbidden"
    if answer.status_code == 404 and "There is no workspace" in answer.text:
        return "nothing"
    return "in" if answer.status_code < 500 else f"{answer.status_code}"


@pytest.mark.slow
@pytest.mark.parametrize("caller", CALLERS)
def test_each_route_lets_in_whom_it_should_and_nobody_else(world: World, caller: str) -> None:
    wrong = []
    for route in routes(world.server.app):
        method, _, template = route.partition(" ")
        answer = world.send(caller, method, template)
        seen, right = got(answer), expected(caller, route)
        if seen != right:
            wrong.append(f"{route}: {answer.status_code}, {seen} instead of {right}: {answer.text[:120]!r}")
    assert wrong == []


@pytest.mark.slow
def test_a_workspace_that_one_may_not_see_answers_as_one_that_is_not_there(world: World) -> None:
    token = world.tokens["Owner of another workspace"]
    headers = {"Authorization": f"Bearer {token}"}

    def answer(identity: str, rest: str) -> tuple[int, str]:
        url = f"{world.server.url}{PREFIX}/workspaces/{identity}{rest}"
        found = requests.get(url, headers=headers, timeout=30)
        return found.status_code, found.text.replace(identity, "ID")

    for rest in ("", "/runs", "/runs/x", "/assets/model", "/assets/model/x"):
        assert answer(world.team.id, rest) == answer(new_id(), rest)
        assert answer(world.team.id, rest)[0] == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("caller", "names"),
    [("Owner of another workspace", {"other"}), ("system owner", {"team", "other"}), ("Reader", {"team"})],
)
def test_a_list_is_cut_to_what_the_caller_may_see(world: World, caller: str, names: set[str]) -> None:
    headers = {"Authorization": f"Bearer {world.tokens[caller]}"}
    found = requests.get(f"{world.server.url}{PREFIX}/workspaces", headers=headers, timeout=30).json()
    assert {one["name"] for one in found if not one["name"].startswith("spare")} == names
    page = requests.get(
        f"{world.server.url}/?all=1", headers={**headers, "Accept": "text/html"}, timeout=30
    ).text
    assert (world.team.id in page) is ("team" in names)


@pytest.mark.slow
def test_a_refusal_names_the_role_that_is_missing(world: World) -> None:
    answer = world.send("Reader", "DELETE", f"{PREFIX}/workspaces/{{workspace}}/assets/{{kind}}/{{name}}")
    error = answer.json()["error"]
    assert error["code"] == "Forbidden"
    assert "needs the role Contributor" in error["message"]
    assert error["details"]["role"] == "Contributor"


@pytest.mark.slow
def test_a_folder_of_the_server_is_registered_by_owners_only(world: World, tmp_path: Path) -> None:
    document = {"name": "local", "face": "AzureBlob", "folder": str(tmp_path)}
    body = {"kind": "datastore", "name": "local", "document": document}
    url = f"{world.server.url}{PREFIX}/workspaces/{world.team.id}/assets"
    for caller, allowed in (("Contributor", False), ("Owner", True)):
        headers = {"Authorization": f"Bearer {world.tokens[caller]}"}
        answer = requests.put(url, json=body, headers=headers, timeout=30)
        assert (answer.status_code != 403) is allowed, answer.text


@pytest.mark.slow
def test_what_uses_the_identity_of_the_server_is_registered_by_owners_only(world: World) -> None:
    documents: tuple[dict[str, Any], ...] = (
        {"type": "azure_blob", "auth": "environment", "account_name": "a", "container_name": "c"},
        {"type": "s3", "auth": "managed_identity", "container_name": "c"},
        {"type": "sql", "auth": "anonymous", "options": {"url": "sqlite:////etc/passwd"}},
        {"type": "sql", "auth": "anonymous", "options": {"url": "sqlite://[/etc/passwd"}},
    )
    headers = {"Authorization": f"Bearer {world.tokens['Contributor']}"}
    for document in documents:
        body = {"kind": "datastore", "name": "mine", "document": {"name": "mine", **document}}
        for method, path in (("PUT", "assets"), ("POST", "datastore-checks")):
            url = f"{world.server.url}{PREFIX}/workspaces/{world.team.id}/{path}"
            answer = requests.request(method, url, json=body, headers=headers, timeout=30)
            assert answer.status_code == 403, answer.text
