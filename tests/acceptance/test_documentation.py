"""Every Python, shell and JavaScript block of the documentation, executed page by page, as a reader would.

A page that begins with `<!-- with a server at URL -->` finds one there, and a token for it; one that begins with
`<!-- with an Azurite at URL -->`, a blob service. A block after
`<!-- file: NAME -->` is a file the reader saves. Shell blocks run if they begin with `lazulite`; a block with `curl` is run
by the shell as a whole; those that set up the checkout itself (`make …`, `pip install …`, `git clone …`) are what CI runs
anyway.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.serving import serving

from lazulite.service.local import LocalService

SERVER = re.compile(r"<!-- with a server at (\S+) -->")
AZURITE = re.compile(r"<!-- with an Azurite at (\S+) -->")
ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
#: The pages that a new user reads first; the others are left to the whole suite.
EVERYDAY = ("README", "first-pipeline")
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n+)?^(?P<indent> *)```(?P<kind>python|sh|json|js)\n(?P<body>.*?)^(?P=indent)```",
    re.DOTALL | re.MULTILINE,
)


def blocks(page: Path) -> list[dict[str, str]]:
    return [
        {**match.groupdict(default=""), "body": textwrap.dedent(match["body"])}
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
    ]


@pytest.fixture
def environment() -> Iterator[None]:
    """What a page sets in its own process ends with the page."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem, marks=[] if page.stem in EVERYDAY else pytest.mark.slow)
        for page in PAGES
        if blocks(page)
    ],
)
def test_every_block_of_the_page_runs(
    page: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAZULITE_SERVER", "on")
    names: dict[str, Any] = {"__name__": "__main__"}
    stored = AZURITE.match(page.read_text(encoding="utf-8"))
    if stored:
        there, here = stored[1], request.getfixturevalue("azurite").url
        found = [{**block, "body": block["body"].replace(there, here)} for block in blocks(page)]
        run_blocks(found, page, names)
        return
    with served(page, home, monkeypatch) as (there, here):
        run_blocks(
            [{**block, "body": block["body"].replace(there, here)} for block in blocks(page)], page, names
        )


@contextmanager
def served(page: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """The URL that the page names, and where a server answers instead; twice nothing if it names none."""
    wanted = SERVER.match(page.read_text(encoding="utf-8"))
    if wanted is None:
        yield "\0", ""
        return
    with serving(LocalService(str(home))) as server:
        monkeypatch.setenv("XDG_CACHE_HOME", str(home.parent / "cache"))
        monkeypatch.setenv("LAZULITE_HOME", str(home.parent / "elsewhere"))
        monkeypatch.setenv("LAZULITE_TOKEN", server.token)
        yield wanted[1], server.url


def run_blocks(found: list[dict[str, str]], page: Path, names: dict[str, Any]) -> None:
    for block in found:
        if block["file"]:
            target = Path(block["file"])
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block["body"])
        elif block["kind"] == "python":
            exec(compile(block["body"], f"{page.name}", "exec"), names)
        elif block["kind"] == "sh" and re.search("^curl ", block["body"], re.MULTILINE):
            run_by("bash", "-euc", block["body"])
        elif block["kind"] == "sh":
            run_commands(block["body"])
        elif block["kind"] == "js":
            run_by("node", "--input-type=module", "--eval", block["body"])


def run_by(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command[-1]}\n{result.stdout}{result.stderr}"


def run_commands(text: str) -> None:
    program = str(Path(sys.executable).parent / "lazulite")
    for line in text.splitlines():
        if line.startswith("lazulite ") and not line.startswith("lazulite demo"):
            command = [program, *shlex.split(line, comments=True)[1:]]
            result = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
            assert result.returncode == 0, f"{line}\n{result.stdout}{result.stderr}"


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
