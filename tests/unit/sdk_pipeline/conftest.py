"""A workspace and a source folder for pipelines that are published."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def shop(home: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    """A new workspace."""
    workspace = Workspace.create("published")
    capsys.readouterr()
    return workspace


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder with a script that prints its argument and fails if that is "fail"."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "say.py").write_text("import sys\nprint(sys.argv[1])\nassert sys.argv[1] != 'fail'\n")
    return folder


@pytest.fixture
def pipeline(shop: Workspace, code: Path) -> Pipeline:
    """A pipeline of one step with the parameters `word` and `times`."""
    values = [PipelineParameter("word", "hello"), PipelineParameter("times", 10)]
    say = PythonScriptStep(
        "say.py", name="say", arguments=values, compute_target="local", source_directory=str(code)
    )
    return Pipeline(shop, [say], description="says a word")
