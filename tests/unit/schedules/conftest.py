"""A bench for schedules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.schedules.schedule_bench import ScheduleBench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScheduleBench]:
    made = ScheduleBench(tmp_path / "home", monkeypatch)
    yield made
    made.records.close()
