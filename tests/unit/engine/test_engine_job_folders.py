"""Folders of jobs that are over: removed when it is quiet, kept while it is not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from lazulite.engine import job_folders
from lazulite.engine.job_folders import JobFolders
from lazulite.engine.layout import Home
from lazulite.records.database import open_records


def some(home: Path, count: int) -> list[Path]:
    folders = [home / "workspaces/w/jobs" / f"run-{number}" for number in range(count)]
    for folder in folders:
        (folder / "work").mkdir(parents=True, exist_ok=True)
        (folder / "work/step.py").touch()
        (folder / "state").touch()
    return folders


def test_they_go_when_the_engine_rests_and_not_before(tmp_path: Path) -> None:
    with closing(open_records(tmp_path)) as records:
        kept = JobFolders(Home(tmp_path), records)
        mine, of_an_engine_before = some(tmp_path, 5)[:3], some(tmp_path, 5)[3:]
        kept.leave(mine)
        assert all(folder.exists() for folder in mine)
        kept.tidy()
        kept.close(finish=True)
    assert not any(folder.exists() for folder in (*mine, *of_an_engine_before))


def test_an_engine_that_never_rests_does_not_keep_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_folders, "_MOST", 3)
    with closing(open_records(tmp_path)) as records:
        kept = JobFolders(Home(tmp_path), records)
        kept.leave(some(tmp_path, 3))
        left = some(tmp_path, 4)[3:]
        kept.leave(left)
        kept.close(finish=True)
    assert list((tmp_path / "workspaces/w/jobs").iterdir()) == []
