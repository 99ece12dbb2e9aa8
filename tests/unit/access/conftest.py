"""A system without anybody in it, and what it knows of who may do what."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.assets import Workspace
from lazulite.service.access.access import Access
from lazulite.service.local import LocalService


@pytest.fixture
def system(home: Path) -> LocalService:
    return LocalService(str(home))


@pytest.fixture
def access(system: LocalService) -> Access:
    return system.access


@pytest.fixture
def team(system: LocalService) -> Workspace:
    return system.create_workspace(Workspace("", "team", "local", "local"))
