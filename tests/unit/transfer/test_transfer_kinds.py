"""v1's rules for what is a file and what a directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.storage.folders import FolderStore
from lazulite.worker.tasks.transfer.kinds import Spot, destination_kind, source_kind


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("x")
    (tmp_path / "file").write_text("file")
    return FolderStore(tmp_path, "data")


@pytest.mark.parametrize(
    ("path", "given", "kind"),
    [
        ("file", None, "file"),
        ("folder", None, "directory"),
        ("", None, "directory"),
        ("file", "file", "file"),
        ("folder", "directory", "directory"),
    ],
)
def test_a_source_is_what_is_there(store, path, given, kind):
    assert source_kind(Spot(store, path, given)) == kind


@pytest.mark.parametrize(
    ("path", "given", "message"),
    [
        ("nothing", None, "'nothing' on datastore 'data', does not exist"),
        ("file", "directory", "should be a directory: there is a file"),
        ("folder", "file", "should be a file: there is a directory"),
        ("nothing", "file", "should be a file: nothing is there"),
    ],
)
def test_a_source_that_is_not_there(store, path, given, message):
    with pytest.raises(NotFound, match=message):
        source_kind(Spot(store, path, given))


@pytest.mark.parametrize(
    ("source", "path", "given", "kind"),
    [
        ("file", "new", None, "file"),
        ("directory", "new", None, "directory"),
        ("file", "new", "directory", "directory"),
        ("file", "file", None, "file"),
        ("directory", "folder", None, "directory"),
        ("file", "folder", "directory", "directory"),
    ],
)
def test_a_destination_is_what_is_said_what_is_there_or_what_the_source_is(store, source, path, given, kind):
    assert destination_kind(Spot(store, path, given), source) == kind


@pytest.mark.parametrize(
    ("source", "path", "given", "message"),
    [
        ("file", "folder", None, "To put the file into it"),
        ("file", "", None, "the root of datastore 'data', is a directory"),
        ("directory", "file", None, "cannot be copied onto a file"),
        ("directory", "new", "file", "said to be one"),
        ("file", "folder", "file", "cannot have both"),
        ("directory", "file", "directory", "cannot have both"),
    ],
)
def test_what_does_not_fit_is_refused(store, source, path, given, message):
    with pytest.raises(InvalidRequest, match=message):
        destination_kind(Spot(store, path, given), source)
