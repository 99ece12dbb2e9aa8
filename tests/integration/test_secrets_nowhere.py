"""Credentials and secrets, put wherever they can be put, are in no answer, page, output, log or file.

Routes and commands are enumerated from the application and the command line themselves, so that one that somebody adds is
looked at too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from tests.acceptance.cli_calls import inside
from tests.integration.test_authorization_matrix import routes
from tests.serving import Served, serving

from lazulite.api.connect import connect
from lazulite.api.operations import PREFIX
from lazulite.cli.main import cli
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore, Secret, Workspace
from lazulite.model.codec import to_data
from lazulite.model.sealed import PREFIX as SEALED
from lazulite.server.auth.guard import AccessGuard
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow

CANARY = "canary-9a41"
NAME = "canary"
ASSETS = (
    Asset(
        AssetKind.DATASTORE,
        NAME,
        to_data(
            Datastore(
                NAME,
                type="azure_blob",
                container_name="c",
                account_name="a",
                # Nothing listens there, and a page about its files has to say so.
                endpoint="http://127.0.0.1:1/a",
                protocol="http",
                auth="account_key",
                options={"retry_seconds": "0"},
                secret=json.dumps({"account_key": CANARY}),
            )
        ),
    ),
    Asset(
        AssetKind.COMPUTE,
        NAME,
        to_data(ComputeTarget(NAME, type="Databricks", secret=json.dumps({"token": CANARY}))),
    ),
    Asset(AssetKind.SECRET, NAME, to_data(Secret(NAME, secret=json.dumps({"value": CANARY})))),
)
#: Commands that wait, start something, ask, or are about another system.
NOT_CALLED = {"serve", "portal", "demo", "login", "logout", "completion", "plan", "restore", "backup"}


@dataclass
class World:
    server: Served
    home: Path
    team: Workspace


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("nowhere") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", str(home))
        patch.delenv("LAZULITE_URL", raising=False)
        service = LocalService(str(home))
        with serving(service, AccessGuard(service.access), token=service.access.home_token) as server:
            team = service.create_workspace(Workspace("", "team", "local", "local"))
            for asset in ASSETS:
                answer = server.put(f"{PREFIX}/workspaces/{team.id}/assets", json=to_data(asset))
                assert answer.status_code == 200, answer.text
                assert is_clean(answer.text)
            yield World(server, home, team)
        connect(str(home)).stop_engine()
        service.stop_engine()


def is_clean(text: str) -> bool:
    return CANARY not in text and SEALED not in text


def test_no_answer_and_no_page_holds_them(world: World) -> None:
    looked, seen = 0, []
    for route in routes(world.server.app):
        method, _, template = route.partition(" ")
        if method != "GET":
            continue
        kinds = [kind.value for kind in AssetKind] if "{kind}" in template else ["-"]
        for kind in kinds:
            for accept in ("application/json", "text/html"):
                answer = world.server.get(filled(world, template, kind), headers={"Accept": accept})
                looked += 1
                if not is_clean(answer.text) or answer.status_code == 500:
                    seen.append(f"{template} {kind}: {answer.status_code} {answer.text[:200]}")
    assert looked > 200
    assert seen == []


def filled(world: World, template: str, kind: str) -> str:
    known = {
        "workspace": world.team.id,
        "subscription": "local",
        "group": "local",
        "kind": kind,
        "digest": "0" * 64,
        "datastore": NAME,
        "compute": NAME,
        "name": NAME,
    }
    if template.startswith("/subscriptions") or "/subscriptions/" in template:
        known["workspace"] = world.team.name
    return re.sub(r"{(\w+)(?::path)?}", lambda found: known.get(found[1], NAME), template)


def test_the_documents_are_there_without_them(world: World) -> None:
    for asset in ASSETS:
        path = f"{PREFIX}/workspaces/{world.team.id}/assets/{asset.kind.value}/{asset.name}"
        document = world.server.get(path).json()["document"]
        assert document["name"] == NAME
        assert document["secret"] == ""


def test_no_refusal_repeats_them(world: World) -> None:
    bodies: tuple[object, ...] = (
        {"kind": "datastore", "name": "x", "document": json.dumps({"secret": CANARY})},
        {"kind": "datastore", "name": "x", "document": {"name": "x", "secret": [CANARY]}},
        {"kind": "datastore", "name": "x", "document": {"name": "x", "secret": CANARY}},
        {"kind": "datastore", "name": "x", "document": {"name": "x", "options": {"password": CANARY}}},
        {"kind": "secret", "name": "x", "document": {"name": "x", "secret": {"value": CANARY}}},
    )
    for body in bodies:
        answer = world.server.put(f"{PREFIX}/workspaces/{world.team.id}/assets", json=body)
        assert answer.status_code == 400
        assert is_clean(answer.text), answer.text


def test_only_who_may_read_a_secret_gets_it_and_it_is_told(world: World) -> None:
    path = f"{PREFIX}/workspaces/{world.team.id}/secrets/{NAME}/value"
    answer = world.server.post(path)
    assert answer.json() == CANARY
    assert "no-store" in answer.headers["cache-control"]
    told = world.server.get(f"{PREFIX}/audit").json()
    assert any(entry["operation"] == "read_secret" and NAME in str(entry) for entry in told)
    assert is_clean(json.dumps(told))


def test_no_command_shows_them(world: World, tmp_path: Path) -> None:
    looked, seen = 0, []
    for words, needs in sorted(commands(cli, ())):
        arguments = (*words, *([NAME] * needs))
        for more in ((), ("--json",)):
            shown = inside((*arguments, *more), tmp_path, os.environ)
            looked += 1
            if not is_clean(shown.stdout + shown.stderr) and words != ("secrets", "get"):
                seen.append(f"{arguments}: {shown.stdout[:300]}{shown.stderr[:300]}")
    assert looked > 40
    assert seen == []


def commands(group: click.Group, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Commands that only show something, each with the number of arguments that it needs."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        elif command is not None and not (before == () and name in NOT_CALLED):
            options = {word for one in command.params for word in one.opts}
            if "--json" in options and not options & {"--yes", "--from-stdin", "--password-stdin"}:
                needs = sum(isinstance(one, click.Argument) and one.required for one in command.params)
                yield (*before, name), needs


def test_no_file_holds_them_in_plain_text(world: World) -> None:
    files = [file for file in world.home.rglob("*") if file.is_file()]
    assert files
    assert [str(file) for file in files if CANARY.encode() in file.read_bytes()] == []
