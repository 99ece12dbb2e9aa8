"""The log of changes over HTTP: who may read it, what is in it, and that it is trimmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from tests.serving import Served, serving

from lazulite.model.access import AuditEntry, Role
from lazulite.model.assets import Workspace
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.auth.rules import Rules
from lazulite.service.local import LocalService


@pytest.fixture
def service(home: Path) -> LocalService:
    made = LocalService(str(home))
    for name in ("team", "other"):
        made.create_workspace(Workspace("", name, "local", "local"))
    for name, role in (("reader", Role.READER), ("owner", Role.OWNER)):
        made.access.add_user(name)
        made.access.grant(name, "team", role)
    return made


@pytest.fixture
def server(service: LocalService) -> Iterator[Served]:
    guard = AccessGuard(service.access, rules=Rules(audit_days=30))
    with serving(service, guard, token=service.access.home_token) as served:
        yield served


def read(server: Served, name: str, **query: str | int) -> requests.Response:
    _, token = server.app.state.service.access.create_token(name, "test")
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{server.url}/api/v1/audit", params=query, headers=headers, timeout=30)


def change(server: Served, workspace: str) -> None:
    body = {
        "name": "weather",
        "kind": "experiment",
        "document": {"name": "weather"},
        "tags": {"secret": "hidden"},
    }
    assert server.put(f"/api/v1/workspaces/{workspace}/assets", json=body).ok


def test_owners_read_what_was_changed_in_their_workspace(server: Served, service: LocalService) -> None:
    team, other = (one.id for one in service.list_workspaces())
    change(server, team)
    change(server, other)
    server.post(f"/workspaces/{team}/runs/cancel", data={"run": "x"})  # a form of the portal
    found = read(server, "owner", workspace=team).json()
    assert {one["workspace"] for one in found} == {team}
    assert {"put_asset"} <= {one["operation"] for one in found}
    assert "hidden" not in str(found)
    assert read(server, "owner", workspace=other).status_code == 404
    assert read(server, "owner").status_code == 403
    assert read(server, "reader", workspace=team).status_code == 403
    everything = server.get("/api/v1/audit").json()
    assert {one["workspace"] for one in everything} == {team, other}
    assert [one["sequence"] for one in everything] == sorted(
        (one["sequence"] for one in everything), reverse=True
    )
    older = server.get("/api/v1/audit", params={"before": everything[0]["sequence"], "limit": 1}).json()
    assert older == everything[1:2]


@pytest.mark.parametrize("query", [{"limit": "x"}, {"limit": "-1"}, {"before": "9" * 30}, {"other": "1"}])
def test_a_question_that_cannot_be_meant_is_refused(server: Served, query: dict[str, str]) -> None:
    assert server.get("/api/v1/audit", params=query).status_code == 400


def test_what_is_too_old_goes_with_the_first_new_entry(server: Served, service: LocalService) -> None:
    old = datetime.now(timezone.utc) - timedelta(days=31)
    service.access.record(AuditEntry(0, old, "somebody", "long ago"))
    change(server, service.list_workspaces()[0].id)
    assert [one.operation for one in service.access.audit()] == ["put_asset"]
