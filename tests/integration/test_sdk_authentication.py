"""v1's authentication classes against a real server."""

from __future__ import annotations

import builtins
import getpass
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.serving import Served, serving

from azureml.core import Workspace
from azureml.core.authentication import (
    ArmTokenAuthentication,
    AzureCliAuthentication,
    AzureMLTokenAuthentication,
    InteractiveLoginAuthentication,
    MsiAuthentication,
    ServicePrincipalAuthentication,
    TokenAuthentication,
)
from azureml.exceptions import AuthenticationException, WorkspaceException
from lazulite.model.access import CredentialKind, Role
from lazulite.model.assets import Workspace as Record
from lazulite.sdk import authentication
from lazulite.server.auth.guard import AccessGuard
from lazulite.service.access.access import Access
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"


@pytest.fixture
def system(home: Path) -> LocalService:
    return LocalService(str(home))


@pytest.fixture
def access(system: LocalService) -> Access:
    system.create_workspace(Record("", "team", "local", "local"))
    system.access.add_user("ada", PASSWORD)
    system.access.grant("ada", "team", Role.READER)
    return system.access


@pytest.fixture
def server(
    system: LocalService, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    with serving(system, AccessGuard(access), token=access.home_token) as served:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.delenv("LAZULITE_TOKEN", raising=False)
        monkeypatch.delenv("LAZULITE_HOME")
        monkeypatch.setenv("LAZULITE_URL", served.url)
        monkeypatch.chdir(tmp_path)
        yield served


def who(server: Served, auth: Any) -> str:
    answer = requests.get(f"{server.url}/auth/me", headers=auth.get_authentication_header(), timeout=30)
    return str(answer.json()["name"]) if answer.ok else str(answer.status_code)


def test_a_programs_secret_is_exchanged_and_the_token_used_again(
    server: Served, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, secret = access.add_service_principal("nightly")
    access.grant("nightly", "team", Role.CONTRIBUTOR)
    auth = ServicePrincipalAuthentication("any", program.id, secret)
    assert who(server, auth) == "nightly"
    first = auth.get_token("scope")
    assert auth.get_token() == first
    ws = Workspace.get("team", auth=auth)
    assert ws.name == "team"
    monkeypatch.setattr(authentication, "_TOO_SHORT", 4000)  # as if it ended soon
    assert who(server, auth) == "nightly"
    logins = [one.outcome for one in access.audit(principal="nightly") if one.operation == "login"]
    assert len(logins) >= 2
    assert secret not in repr(auth)
    assert secret not in repr(vars(auth))


def test_a_wrong_secret_is_told_in_the_servers_words(server: Served, access: Access) -> None:
    program, _ = access.add_service_principal("nightly")
    auth = ServicePrincipalAuthentication("any", program.id, "wrong")
    with pytest.raises(AuthenticationException, match="client_id or client_secret is wrong"):
        auth.get_authentication_header()
    with pytest.raises(
        (AuthenticationException, WorkspaceException), match="client_id or client_secret is wrong"
    ):
        Workspace.get("team", auth=auth)


def test_a_server_that_is_not_there_is_named(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZULITE_URL", "http://127.0.0.1:9")
    with pytest.raises(AuthenticationException, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        ServicePrincipalAuthentication("t", "i", "p").get_authentication_header()


def test_tokens_of_ones_own_are_passed_on(server: Served, access: Access) -> None:
    _, token = access.create_token("ada", "test")
    for auth in (
        ArmTokenAuthentication(token),
        TokenAuthentication(lambda _audience: token),
        AzureMLTokenAuthentication(token),
    ):
        assert who(server, auth) == "ada"
        assert Workspace.get("team", auth=auth).name == "team"


def test_the_environments_token_is_used_where_nothing_else_is_said(
    server: Served, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    for auth in (AzureCliAuthentication(), MsiAuthentication()):
        with pytest.raises(AuthenticationException, match="lazulite login"):
            auth.get_authentication_header()
    _, token = access.create_token("ada", "test")
    monkeypatch.setenv("LAZULITE_TOKEN", token)
    for one in (AzureCliAuthentication(), MsiAuthentication(), InteractiveLoginAuthentication()):
        assert who(server, one) == "ada"
        assert Workspace.get("team", auth=one).name == "team"
    assert Workspace.get("team").name == "team"


def answers(monkeypatch: pytest.MonkeyPatch, *given: str) -> list[str]:
    """A person at the terminal; returns what was asked so far."""
    asked: list[str] = []
    left = iter(given)

    def answer(prompt: str = "", *_: Any) -> str:
        asked.append(prompt)
        return next(left)

    monkeypatch.setattr(builtins, "input", answer)
    monkeypatch.setattr(getpass, "getpass", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return asked


def test_a_person_is_asked_once_and_the_token_kept(
    server: Served, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, "ada", PASSWORD)
    assert who(server, InteractiveLoginAuthentication()) == "ada"
    assert server.url in asked[0]
    assert who(server, InteractiveLoginAuthentication(tenant_id="x")) == "ada"  # from the file
    assert Workspace.get("team").name == "team"
    assert len(asked) == 2
    (file,) = (tmp_path / "config" / "lazulite" / "tokens").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in file.read_text()
    (listed,) = access.tokens("ada")
    assert listed.kind is CredentialKind.TOKEN
    assert listed.label.startswith("login on ")
    assert listed.expires_at is not None
    access.add_user("bob", PASSWORD)
    _, token = access.create_token("bob", "his")
    asked = answers(monkeypatch, "", token)
    again = InteractiveLoginAuthentication(force=True)
    assert who(server, again) == who(server, again) == "bob"
    assert len(asked) == 2


def test_where_nobody_can_be_asked_that_is_said(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(AuthenticationException, match="nobody to ask"):
        InteractiveLoginAuthentication().get_authentication_header()
    answers(monkeypatch, "ada", "wrong password")
    with pytest.raises(AuthenticationException, match="username or password is wrong"):
        InteractiveLoginAuthentication().get_authentication_header()


def test_a_config_file_says_which_server_is_meant(
    server: Served, access: Access, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAZULITE_URL")
    monkeypatch.setenv("LAZULITE_HOME", str(home))
    _, token = access.create_token("ada", "test")
    assert AzureCliAuthentication().get_token().token == access.home_token
    config = {"subscription_id": "local", "resource_group": "local", "workspace_name": "team"}
    (tmp_path / "config.json").write_text(json.dumps({**config, "service_url": server.url}))
    monkeypatch.setenv("LAZULITE_TOKEN", token)
    assert who(server, AzureCliAuthentication()) == "ada"
    assert Workspace.from_config().name == "team"
