"""The home folder: what creating it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.storage.snapshots import scan


@pytest.mark.parametrize("rules", [None, ".gitignore", ".amlignore"])
def test_a_home_inside_a_source_folder_is_not_part_of_its_snapshot(tmp_path: Path, rules: str | None) -> None:
    (tmp_path / "train.py").write_text("pass")
    if rules:
        (tmp_path / rules).write_text("*.csv\n")
    home = Home(tmp_path / "home")
    process.prepare(home)
    (home.root / "lazulite.db").write_text("records")
    (home.root / "workspaces").mkdir()
    (home.root / "workspaces" / "data.txt").write_text("data")
    assert {file.path for file in scan(tmp_path).snapshot.files} == {"train.py"} | (
        {rules} if rules else set()
    )
