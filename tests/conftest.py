"""What every ring of tests shares: a home folder of one's own, and an engine that does not outlive the test."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import azurite as azurite_server
from tests import postgres as postgres_server
from tests import seaweed as seaweed_server

#: Thousands of tests need no server; those that do switch it on.
os.environ["LAZULITE_SERVER"] = "off"

# Started in the background of a shell, this process ignores Ctrl-C, and so would the programs that tests send it to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def records_are_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the records of homes that were the test's own: thousands of tests would keep a thousand files open."""
    yield
    connecting = sys.modules.get("lazulite.api.connect")
    folder = request.node.funcargs.get("tmp_path")
    if connecting is None or folder is None:
        return
    for key in [key for key in connecting._open if key[1].startswith(str(folder))]:
        service = connecting._open.pop(key)
        if hasattr(service, "close"):
            service.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder, set as LAZULITE_HOME; its engine and nodes are stopped at the end."""
    from lazulite.api.connect import connect

    folder = tmp_path / "home"
    monkeypatch.setenv("LAZULITE_HOME", str(folder))
    monkeypatch.delenv("LAZULITE_URL", raising=False)
    monkeypatch.delenv("LAZULITE_DATABASE_URL", raising=False)
    monkeypatch.setenv("LAZULITE_ENGINE_IDLE_SECONDS", "60")
    yield folder
    if folder.exists():
        service = connect(str(folder))
        service.stop_server()
        service.stop_engine()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A PostgreSQL server, started for the tests."""
    with postgres_server.running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: postgres_server.Server) -> Iterator[str]:
    """The address of an empty database, which is removed at the end."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture
def postgres_home(postgres_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As `home`, with its records in PostgreSQL."""
    monkeypatch.setenv("LAZULITE_DATABASE_URL", postgres_url)
    return home


@pytest.fixture(scope="session")
def azurite() -> Iterator[azurite_server.Azurite]:
    """Azurite, started for the tests; each makes its own container."""
    with azurite_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def seaweed() -> Iterator[seaweed_server.Seaweed]:
    """An S3-compatible server, started for the tests; each makes its own bucket."""
    with seaweed_server.running() as server:
        yield server
