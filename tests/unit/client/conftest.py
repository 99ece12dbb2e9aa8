"""A server, something that breaks connections before it, and a client that goes through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from tests.serving import Served, serving
from tests.unit.client.between import Between, between

from lazulite.api.service import Service
from lazulite.client.remote import RemoteService
from lazulite.model.assets import Workspace
from lazulite.service.local import LocalService


@pytest.fixture
def server(home: Path) -> Iterator[Served]:
    with serving(LocalService(str(home))) as served:
        yield served


@pytest.fixture
def proxy(server: Served) -> Iterator[Between]:
    with between(server.url) as state:
        yield state


def client(url: str, token: str) -> Service:
    return cast("Service", RemoteService(url, lambda: {"Authorization": f"Bearer {token}"}))


@pytest.fixture
def service(proxy: Between, server: Served) -> Service:
    return client(proxy.url, server.token)


@pytest.fixture
def workspace(service: Service) -> str:
    return service.create_workspace(Workspace("", "team", "s", "g")).id
