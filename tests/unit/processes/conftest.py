"""What the tests with played nodes share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lazulite.compute.processes import ProcessCompute, nodefile
from lazulite.testing.compute_contract import Reports

PLAYED = Path(__file__).with_name("played_node.py")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The home folder, with an interpreter `python` that becomes a played node."""
    home = tmp_path / "home"
    home.mkdir()
    python = home / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{PLAYED}" "$@"\n')
    python.chmod(0o755)
    return home


@pytest.fixture
def make(place: Path) -> Iterator[Callable[[Reports], ProcessCompute]]:
    """Backends over the same home; when the test is over no node is left."""
    made: list[ProcessCompute] = []

    def construct(reports: Reports) -> ProcessCompute:
        made.append(ProcessCompute(place, reports))
        return made[-1]

    yield construct
    for compute in made:
        compute.close(stop_nodes=True)
    for _, node in nodefile.all_of(place):
        nodefile.kill(node)
    for folder, node in list(nodefile.all_of(place)):
        nodefile.remove(folder, node)


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def compute(make: Callable[[Reports], ProcessCompute], reports: Reports) -> ProcessCompute:
    return make(reports)
