"""Tasks: what they are given, and how they tell why they failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest
from lazulite.model.run import RunError
from lazulite.worker.tasks.order import read_error, write_error
from lazulite.worker.tasks.registry import task


def test_an_unknown_task_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="no task 'knit'"):
        task("knit")


def test_an_error_is_kept_with_its_code(tmp_path: Path) -> None:
    assert read_error(tmp_path) is None
    write_error(tmp_path, RunError("NotFound", "There is no table 'x'."))
    assert read_error(tmp_path) == RunError("NotFound", "There is no table 'x'.")


def test_an_error_that_was_cut_short_is_none(tmp_path: Path) -> None:
    (tmp_path / "task-error.json").write_text('{"code": "NotF', encoding="utf-8")
    assert read_error(tmp_path) is None
