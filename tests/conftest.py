"""What every ring of tests shares: a home folder of one's own, and an engine that does not outlive the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder, set as LAZULITE_HOME; its engine and nodes are stopped at the end."""
    from lazulite.api.connect import connect

    folder = tmp_path / "home"
    monkeypatch.setenv("LAZULITE_HOME", str(folder))
    monkeypatch.delenv("LAZULITE_URL", raising=False)
    monkeypatch.setenv("LAZULITE_ENGINE_IDLE_SECONDS", "60")
    yield folder
    if folder.exists():
        connect(str(folder)).stop_engine()
