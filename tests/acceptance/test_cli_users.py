"""Users, tokens, roles and the log of changes on the command line, and what they open on a real server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.acceptance.cli_calls import PROGRAM, inside
from tests.serving import Served, serving

from lazulite.cli import exit_codes
from lazulite.model.assets import Workspace
from lazulite.server.auth.guard import AccessGuard
from lazulite.service.local import LocalService


class Terminal:
    """`lazulite` in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fails(self, *arguments: str) -> tuple[int, str]:
        done = inside(arguments, self.folder, os.environ)
        return done.returncode, done.stderr

    def __call__(self, *arguments: str) -> str:
        done = inside(arguments, self.folder, os.environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def typed(self, text: str, *arguments: str) -> str:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def terminal(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("LAZULITE_TOKEN", raising=False)
    LocalService(str(home)).create_workspace(Workspace("", "team", "local", "local"))
    return Terminal(tmp_path)


@pytest.fixture
def server(terminal: Terminal, home: Path) -> Iterator[Served]:
    service = LocalService(str(home))
    with serving(service, AccessGuard(service.access), token=service.access.home_token) as served:
        yield served


def me(server: Served, token: str) -> requests.Response:
    return requests.get(f"{server.url}/auth/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)


def test_a_user_gets_a_role_and_a_token_that_works_until_it_is_revoked(
    terminal: Terminal, server: Served
) -> None:
    said = terminal("users", "add", "ada")
    password = said.split("Password: ")[1].split()[0]
    terminal("roles", "grant", "ada", "contributor", "-w", "team")
    made = json.loads(terminal("tokens", "create", "ada", "--label", "laptop", "--days", "30", "--json"))
    answer = me(server, made["token"])
    assert list(answer.json()["roles"].values()) == ["Contributor"]
    assert json.loads(terminal("roles", "list", "--json")) == [
        {"workspace": "team", "name": "ada", "role": "Contributor"}
    ]
    listed = terminal("tokens", "list", "ada")
    assert "laptop" in listed
    assert made["token"] not in listed
    form = {"grant_type": "password", "username": "ada", "password": password}
    assert requests.post(f"{server.url}/auth/token", data=form, timeout=30).ok
    terminal("tokens", "revoke", made["id"])
    assert me(server, made["token"]).status_code == 401
    terminal("roles", "revoke", "ada", "-w", "team")
    assert "No roles" in terminal("roles", "list")
    terminal("users", "disable", "ada")
    assert "disabled" in terminal("users", "list")
    assert requests.post(f"{server.url}/auth/token", data=form, timeout=30).status_code == 400
    terminal("users", "enable", "ada")
    assert requests.post(f"{server.url}/auth/token", data=form, timeout=30).ok


def test_a_program_gets_an_id_and_a_secret(terminal: Terminal, server: Served) -> None:
    added = json.loads(terminal("service-principals", "add", "nightly", "--json"))
    form = {
        "grant_type": "client_credentials",
        "client_id": added["service_principal_id"],
        "client_secret": added["service_principal_password"],
    }
    assert requests.post(f"{server.url}/auth/token", data=form, timeout=30).ok
    renewed = terminal("service-principals", "secret", "nightly")
    assert added["service_principal_id"] in renewed
    assert requests.post(f"{server.url}/auth/token", data=form, timeout=30).status_code == 401


@pytest.mark.slow
def test_logging_in_keeps_a_token_and_logging_out_forgets_it(terminal: Terminal, server: Served) -> None:
    terminal.typed("correct horse battery\n", "users", "add", "ada", "--password-stdin")
    terminal("roles", "grant", "ada", "Reader")
    said = terminal.typed("correct horse battery\n", "login", server.url, "--name", "ada", "--password-stdin")
    assert "You are 'ada'" in said
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_URL", server.url)
        patch.delenv("LAZULITE_HOME")
        assert "team" in terminal.typed("", "workspaces", "list")
    assert "is forgotten" in terminal("logout", server.url)
    assert "There was no token" in terminal("logout", server.url)
    text = terminal("tokens", "create", "ada").split()[0]
    assert "You are 'ada'" in terminal.typed(text + "\n", "login", server.url, "--token-stdin")


def test_the_log_of_changes_shows_who_did_what(terminal: Terminal, server: Served, home: Path) -> None:
    terminal("users", "add", "ada", "--no-password")
    terminal("roles", "grant", "ada", "Reader", "-w", "team")
    token = terminal("tokens", "create", "ada").split()[0]
    (team,) = LocalService(str(home)).list_workspaces()
    url = f"{server.url}/api/v1/workspaces/{team.id}"
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.delete(url, headers=headers, timeout=30).status_code == 403
    body = {
        "name": "weather",
        "kind": "experiment",
        "document": {"name": "weather"},
        "tags": {"secret": "hidden"},
    }
    put = server.put(f"/api/v1/workspaces/{team.id}/assets", json=body)
    assert put.ok, put.text
    newest, refused = json.loads(terminal("audit", "--json"))
    assert (refused["who"], refused["what"], refused["outcome"]) == ("ada", "delete_workspace", "Forbidden")
    assert (newest["what"], newest["workspace"], newest["target"]) == ("put_asset", team.id, "weather")
    assert newest["address"] == "127.0.0.1"
    shown = terminal("audit", "-w", "team", "--user", "ada")
    assert "delete_workspace" in shown
    assert "put_asset" not in shown
    assert "hidden" not in terminal("audit", "--json")


def test_what_cannot_be_done_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.fails("users", "disable", "nobody")[0] == exit_codes.NOT_FOUND
    assert terminal.fails("users", "add", "a b")[0] == exit_codes.USAGE
    assert terminal.fails("login", "https://host.invalid")[0] == exit_codes.USAGE
    assert terminal.fails("roles", "grant", "ada", "King")[0] == exit_codes.USAGE
    monkeypatch.setenv("LAZULITE_URL", "https://host.invalid")
    monkeypatch.delenv("LAZULITE_HOME")
    code, said = terminal.fails("users", "list")
    assert code == exit_codes.USAGE
    assert "is a server" in said
