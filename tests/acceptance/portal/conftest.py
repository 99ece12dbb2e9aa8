"""The portal in a real browser: a server on a home with real runs, made once per session, and pages that tell tales.

A test gets `open_page`, a function from a path to a page of headless Chromium. Whatever the browser complains of (its
console, a request that failed, a request to anywhere else) fails the test at its end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.portal.looking import Looker, chromium
from tests.acceptance.portal.publishing import publish_all
from tests.acceptance.portal.serving import serving
from tests.acceptance.portal.told import no_alerts, told  # noqa: F401 - fixtures

from lazulite.api.connect import connect
from lazulite.api.service import Service
from lazulite.testing.sample_runs import store_snapshot, submission

STORY = Path(__file__).parent / "story" / "submit.py"


@pytest.fixture(scope="session")
def story_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder in which the story happened."""
    home = tmp_path_factory.mktemp("portal") / "home"
    done = subprocess.run(
        [sys.executable, str(STORY)],
        env=os.environ | {"LAZULITE_HOME": str(home), "LAZULITE_ENGINE_IDLE_SECONDS": "300"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    service = connect(str(home))
    publish_all(service, service.list_workspaces("lab")[0].id)
    yield home
    service.stop_engine()


@pytest.fixture(scope="session")
def service(story_home: Path) -> Service:
    return connect(str(story_home))


@pytest.fixture(scope="session")
def address(service: Service) -> Iterator[str]:
    """The server's URL, such as http://127.0.0.1:41234; whoever calls is an owner."""
    with serving(service) as url:
        yield url


@pytest.fixture(scope="session")
def lab(service: Service) -> str:
    """The id of the workspace that has runs."""
    return service.list_workspaces("lab")[0].id


@pytest.fixture(scope="session")
def empty(service: Service) -> str:
    """The id of the workspace that has nothing."""
    return service.list_workspaces("empty")[0].id


@pytest.fixture(scope="session")
def slow_run(service: Service, lab: str) -> Callable[..., str]:
    """Submits a run whose step waits for a minute, or with "done" does not; gives its id."""

    def submit(word: str = "wait") -> str:
        snapshot = store_snapshot(service, lab)
        return service.submit(lab, submission(snapshot, word, display_name="slow")).id

    return submit


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Not longer than the tests of a module: while Playwright is there, nothing else can run an event loop."""
    with chromium() as started:
        yield started


@pytest.fixture
def looker(browser: Any, address: str) -> Iterator[Looker]:
    """Opens pages, and at the end of the test tells what the browser complained of."""
    made = Looker(browser, address)
    yield made
    made.close()


@pytest.fixture
def open_page(looker: Looker) -> Callable[..., Any]:
    """`open_page(path, width=1280, theme="light")` → a page of the browser."""
    return looker.open
