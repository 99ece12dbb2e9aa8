"""The runs that the tests of the run page look at, and the promise that nothing in them comes to life."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lazulite.api.service import Service
from lazulite.model.run import Run, RunQuery

SUBMIT = Path(__file__).parent / "run_story" / "submit.py"
MARKUP = "<img src=x onerror=alert(1)>"
LEARN = f"learn {MARKUP}"


def submitted(home: Path, *arguments: str) -> list[str]:
    """Run the story's code; return what it printed last, word by word."""
    done = subprocess.run(
        [sys.executable, str(SUBMIT), *arguments],
        env=os.environ | {"LAZULITE_HOME": str(home), "LAZULITE_SERVER": "off"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.strip().splitlines()[-1].split()


@dataclass(frozen=True)
class Told:
    """The story's runs: completed, with an edited script and another rate, failed."""

    service: Service
    lab: str
    first: str
    second: str
    failed: str

    def at(self, run: str, query: str = "") -> str:
        return f"/workspaces/{self.lab}/runs/{run}{query}"

    def step(self, run: str, name: str) -> Run:
        return next(s for s in self.service.list_runs(self.lab, RunQuery(parent_id=run)) if s.name == name)


@pytest.fixture(scope="session")
def told(story_home: Path, service: Service) -> Told:
    runs = submitted(story_home)
    return Told(service, service.list_workspaces("markup")[0].id, *runs)


@pytest.fixture
def no_alerts(looker: Any) -> Iterator[None]:
    """Fails if any markup of a user came to life on the pages of the test."""
    yield
    for context in looker._contexts:
        for page in context.pages:
            assert page.locator("img[src='x']").count() == 0
            assert page.locator("main script, main iframe, main u, main i").count() == 0
