"""Pages of a datastore, and parts of its files."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.errors import InvalidRequest, NotFound, PathEscapes, StorageError
from lazulite.model.files import FileInfo
from lazulite.storage import files
from lazulite.storage.browsing import list_files, list_folder, look_at, open_file
from lazulite.storage.folders import FolderStore


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    root = tmp_path / "root"
    root.mkdir()
    return FolderStore(root, "data")


def test_pages_of_any_size_make_the_whole_listing(store: FolderStore) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(150):
        parts = [chance.choice(["a", "a-", "a.b", "b", "B", "ä", "a0"]) for _ in range(chance.randint(1, 4))]
        place = store.root.joinpath(*parts)
        if not any((store.root.joinpath(*parts[:n])).is_file() for n in range(1, 5)) and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("x")
    for prefix in ("", "a", "a/", "a-/b", "nothing"):
        whole = store.list(prefix)
        assert list_files(store, prefix) == whole, f"seed {seed}"
        for size in (1, 7, 1000):
            seen: list[FileInfo] = []
            after = ""
            while page := list_files(store, prefix, size, after):
                seen += page
                after = page[-1].path
            assert tuple(seen) == whole, f"seed {seed}"


def test_links_out_unfinished_files_and_pipes_are_not_shown(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (store.root / "file").write_text("x")
    (store.root / "inner").symlink_to("file")
    (store.root / "out").symlink_to(tmp_path / "secret")
    (store.root / "nowhere").symlink_to("gone")
    (store.root / "round").symlink_to(".")
    (store.root / files.temporary_name()).write_text("half")
    os.mkfifo(store.root / "pipe")
    assert [info.path for info in list_files(store)] == ["file", "inner"]
    assert [entry.name for entry in list_folder(store)] == ["file", "inner", "round"]
    assert look_at(store, "pipe") is None
    for name, error in (
        ("out", PathEscapes),
        ("pipe", InvalidRequest),
        ("nowhere", NotFound),
        ("", InvalidRequest),
    ):
        with pytest.raises(error):
            open_file(store, name)


def test_a_page_of_a_large_folder_looks_at_the_page_only(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2000):
        (store.root / f"{number:04}").touch()
    looked: list[object] = []
    look = os.stat

    def looking(*args: Any, **kwargs: Any) -> os.stat_result:
        looked.append(args)
        return look(*args, **kwargs)

    monkeypatch.setattr(os, "stat", looking)
    assert [entry.name for entry in list_folder(store, limit=3, after="0999")] == ["1000", "1001", "1002"]
    assert [info.path for info in list_files(store, limit=2, after="1997")] == ["1998", "1999"]
    assert len(looked) < 30


def test_parts_of_a_file(store: FolderStore) -> None:
    content = bytes(range(256)) * 1000
    store.put("f", io.BytesIO(content))
    with open_file(store, "f", 1000, 100_000) as part:
        assert part.read(10) == content[1000:1010]
        assert part.read() == content[1010:101_000]
        assert part.read() == b""
    for offset, length in ((-1, None), (0, -1)):
        with pytest.raises(InvalidRequest):
            open_file(store, "f", offset, length)


def test_a_root_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = FolderStore(tmp_path / "gone", "data")
    for call in (list_files, list_folder):
        with pytest.raises(StorageError, match="does not exist"):
            call(gone)
    for look in (look_at, open_file):
        with pytest.raises(StorageError, match="does not exist"):
            look(gone, "a")


def test_a_limit_below_nothing_is_refused(store: FolderStore) -> None:
    assert list_folder(store, limit=0) == ()
    with pytest.raises(InvalidRequest):
        list_files(store, limit=-1)
