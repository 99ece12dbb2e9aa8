"""What a submission costs, counted: folders looked through, programs started, statements and transactions. None of it
grows with the number of steps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace

_watched: list[tuple[str, tuple[Any, ...]]] | None = None


def _watch(name: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None and name in ("os.scandir", "subprocess.Popen"):
        _watched.append((name, arguments))


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """What Python itself reports inside the block: folders opened and programs started."""
    global _watched  # noqa: PLW0603 - a hook of the interpreter stays for ever
    seen: list[tuple[str, tuple[Any, ...]]] = []
    _watched = seen
    try:
        yield seen
    finally:
        _watched = None


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database inside the block by way of SQLAlchemy, and the ends of transactions."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    def commit(_connection: Any) -> None:
        seen.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", commit)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "parts").mkdir(parents=True)
    (folder / "a.py").write_text("print('a')")
    (folder / "parts" / "b.py").write_text("")
    return folder


@pytest.fixture
def submit(home: Path, source: Path) -> Callable[[int], Any]:
    """Submits so many steps of one folder. It was done before, so that the experiment and the engine are there."""
    ws = Workspace.create("counted")

    def submitted(count: int) -> Any:
        steps = [
            PythonScriptStep(
                "a.py", name=f"s{n}", arguments=[n], compute_target="local", source_directory=source
            )
            for n in range(count)
        ]
        return Pipeline(ws, steps).submit("exp")

    submitted(1).wait_for_completion(show_output=False)
    return submitted


def test_a_folder_is_looked_through_once_whatever_the_number_of_steps(submit, source):
    with watched() as seen:
        run = submit(40)
    folders = [os.fsdecode(given[0]) for name, given in seen if name == "os.scandir"]
    run.cancel()
    inside = sorted(folder for folder in folders if folder.startswith(str(source)))
    assert inside == [str(source), str(source / "parts")]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_is_asked_twice_whatever_the_number_of_steps(submit, source):
    subprocess.run(["git", "init", "-q", str(source)], check=True)
    with watched() as seen:
        run = submit(40)
    programs = [given[1] for name, given in seen if name == "subprocess.Popen"]
    run.cancel()
    assert len(programs) == 2
    assert {program[0] for program in programs} == {"git"}


def test_the_same_statements_for_many_steps_as_for_one(submit):
    with statements() as few:
        one = submit(1)
    one.wait_for_completion(show_output=False)
    with statements() as many:
        run = submit(40)
    run.cancel()
    assert many == few
    assert len(few) < 40
    assert few.count("COMMIT") == 1
