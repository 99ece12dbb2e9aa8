"""Files that are streamed from one datastore to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.errors import TransferFailed
from lazulite.model.files import FileInfo
from lazulite.storage.folders import FolderStore
from lazulite.worker.tasks.transfer import streams


def test_a_file_that_ends_too_early_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_PAUSES", ())
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    (here / "x").write_text("abc")
    (there / "x").write_text("what was there")
    copies = [(FileInfo("x", size=10, mtime_ns=0), "x")]
    with pytest.raises(TransferFailed) as raised:
        streams.stream_all(FolderStore(here), FolderStore(there), copies, lambda _: None)
    assert "has 10 bytes, and 3 arrived" in raised.value.failures["x"]
    assert {path.name: path.read_text() for path in there.iterdir()} == {"x": "what was there"}
