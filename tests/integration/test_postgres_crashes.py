"""kill -9 with the records in PostgreSQL: the same tests as on a file, and nothing is lost or repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.test_crashes import (  # noqa: F401 - collected here, with this module's `home`
    project,
    test_everything_is_killed_at_once,
    test_the_engine_is_killed_at_every_write,
    test_the_engine_is_killed_early,
    test_the_submitter_is_killed,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def home(postgres_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAZULITE_DATABASE_URL", postgres_url)
    return home
