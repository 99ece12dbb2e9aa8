"""The demo's pipeline with a container as its blob store: v1 code that knows nothing of where its data are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.azurite import Azurite
from tests.far_workspaces import all_sent, make_default
from tests.stores import opened

import lazulite.cli
from lazulite.sdk.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_demo_runs(azurite: Azurite, home: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    record = azurite.datastore("workspaceblobstore")
    make_default(Workspace.create("lazulite-demo"), record)
    place = shutil.copytree(Path(lazulite.cli.__file__).parent / "demo", tmp_path / "demo")

    command = [sys.executable, "pipeline.py"]
    said = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout
    assert "The ROC curves" in said
    assert (place / "roc.png").stat().st_size > 1000
    all_sent(home)
    inside = [info.path for info in opened(record).list_files()]
    assert any(path.startswith("azureml/models/tumours/") for path in inside)
    assert "demo/tumours/tumours.csv" in inside
