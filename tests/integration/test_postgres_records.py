"""The tests of the records, on a PostgreSQL server: run as they are, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_records_pass_their_tests_on_postgres(postgres_url: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/records"],
        cwd=ROOT,
        env={**os.environ, "LAZULITE_TEST_DATABASE": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-5000:]
    assert " passed" in told.stdout
