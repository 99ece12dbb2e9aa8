"""Secrets of the key vault in a step: set through a server, read by the script, which finds the home itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.systems import placed

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep

pytestmark = pytest.mark.slow

SCRIPT = """
from azureml.core import Run
run = Run.get_context()
assert run.get_secret("api-token") == "a-" + "canary"
assert run.get_secrets(["api-token", "absent"]) == {"api-token": "a-" + "canary", "absent": None}
print("the secret was read")
"""


@pytest.fixture
def ws(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.chdir(tmp_path)
    with placed("remote", home, monkeypatch):
        yield Workspace.create("vault")


def test_a_script_reads_what_was_kept(ws: Workspace, home: Path) -> None:
    ws.get_default_keyvault().set_secret("API-Token", "a-canary")
    Path("code").mkdir()
    Path("code/read.py").write_text(SCRIPT)
    step = PythonScriptStep("read.py", source_directory="code", compute_target="local")
    run = Experiment(ws, "secrets").submit(Pipeline(ws, [step]))
    assert run.wait_for_completion(show_output=False) == "Finished"
    held = [file for file in home.rglob("*") if file.is_file() and b"a-canary" in file.read_bytes()]
    assert held == []
