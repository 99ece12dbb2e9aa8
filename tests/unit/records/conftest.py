"""Empty records and two workspaces. With LAZULITE_TEST_DATABASE set to a URL, the same tests run on that server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lazulite.model.assets import Workspace
from lazulite.model.ids import new_id
from lazulite.records.database import open_records
from lazulite.records.records import Records


@pytest.fixture
def location(tmp_path: Path) -> str:
    """Where the records of this test are: a home folder, or the server's database."""
    return os.environ.get("LAZULITE_TEST_DATABASE") or str(tmp_path / "home")


@pytest.fixture
def records(location: str) -> Iterator[Records]:
    opened = open_records(location)
    yield opened
    for workspace in opened.workspaces():  # a server's database is used by the next test too
        opened.remove_workspace(workspace.id, even_if_active=True)
    opened.close()


@pytest.fixture
def ws(records: Records) -> str:
    return records.add_workspace(Workspace(new_id(), "here", "sub", "group")).id


@pytest.fixture
def other(records: Records) -> str:
    return records.add_workspace(Workspace(new_id(), "elsewhere", "sub", "group")).id
