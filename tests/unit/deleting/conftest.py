"""A bench for deletions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.deleting.deleting_bench import DeletingBench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DeletingBench]:
    made = DeletingBench(tmp_path / "home")
    yield made
    made.records.close()
