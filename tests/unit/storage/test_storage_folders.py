from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.model.assets import Datastore
from lazulite.model.errors import Conflict, InvalidRequest, NotFound, PathEscapes, StorageError
from lazulite.storage.datastores import open_store
from lazulite.storage.files import temporary_name
from lazulite.storage.folders import FolderStore
from lazulite.storage.paths import relative


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = FolderStore(tmp_path / "root", "s")
    made.create()
    return made


def fill(store: FolderStore, *paths: str) -> None:
    for path in paths:
        store.put(path, io.BytesIO(path.encode()))


@pytest.mark.parametrize("path", ["", "/", ".", "./"])
def test_four_ways_to_write_the_root(store: FolderStore, path: str) -> None:
    assert store.resolve(path) == store.root


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ("a/b", "a/b"),
        ("a\\b", "a/b"),
        ("./a//b/", "a/b"),
        ("a/./b", "a/b"),
        ("...", "..."),
        ("a..b", "a..b"),
        ("a:b", "a:b"),
    ],
)
def test_paths_are_made_plain(path: str, inner: str) -> None:
    assert relative(path) == inner


@pytest.mark.parametrize(
    "path",
    ["..", "../a", "a/../b", "a\\..\\b", "/etc/passwd", "\\\\host\\share", "C:\\x", "c:/x", "a\0b", "//"],
)
def test_paths_that_leave_are_refused_by_name(store: FolderStore, path: str) -> None:
    with pytest.raises(PathEscapes) as caught:
        store.resolve(path)
    assert repr(path) in caught.value.message
    assert "datastore 's'" in caught.value.message


@settings(deadline=None)
@given(st.text(alphabet="ab./\\\0:~ ", max_size=12))
def test_whatever_is_written_stays_inside(path: str) -> None:
    root = Path("/nowhere/root")
    try:
        place = FolderStore(root).resolve(path)
    except PathEscapes:
        return
    assert place == root or root in place.parents
    assert ".." not in place.parts


def test_links_that_lead_out_are_refused_and_those_inside_followed(
    store: FolderStore, tmp_path: Path
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("k")
    fill(store, "data/x")
    (store.root / "out").symlink_to(tmp_path / "secret")
    (store.root / "in").symlink_to("data")
    with pytest.raises(PathEscapes, match="symbolic link"):
        store.resolve("out/key")
    with pytest.raises(PathEscapes):
        store.put("out/key", io.BytesIO(b"changed"), overwrite=True)
    assert (tmp_path / "secret" / "key").read_text() == "k"
    assert store.resolve("in/x").read_text() == "data/x"


def test_a_root_that_is_itself_a_link_is_a_root(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    store = FolderStore(tmp_path / "link")
    fill(store, "a/b")
    assert [info.path for info in store.list()] == ["a/b"]
    assert store.resolve("a/b").read_text() == "a/b"


def test_list_takes_a_prefix_of_text_and_is_sorted(store: FolderStore) -> None:
    fill(store, "data/train.csv", "data/tr/x", "data/test", "other/x", "data2/x")
    (store.root / "data" / temporary_name()).write_text("half")
    assert [info.path for info in store.list("data/tr")] == ["data/tr/x", "data/train.csv"]
    assert [info.path for info in store.list("data/")] == ["data/test", "data/tr/x", "data/train.csv"]
    assert [info.path for info in store.list("data")][-1] == "data2/x"
    assert len(store.list()) == 5
    assert store.list("absent/") == ()
    assert store.list("data/test")[0].size == len("data/test")


def test_list_leaves_out_links_outside_and_ends_in_circles(store: FolderStore, tmp_path: Path) -> None:
    fill(store, "a/x")
    (tmp_path / "outside").write_text("o")
    (store.root / "a" / "up").symlink_to("..")
    (store.root / "a" / "out").symlink_to(tmp_path / "outside")
    (store.root / "a" / "gone").symlink_to("nothing")
    (store.root / "b").symlink_to("a")
    listing = store.listing()
    assert [info.path for info in listing.files] == ["a/x", "b/x"]
    assert listing.refused == ("a/gone", "a/out", "a/up", "b/gone", "b/out", "b/up")


def test_put_does_not_overwrite_unless_told(store: FolderStore, tmp_path: Path) -> None:
    fill(store, "a")
    with pytest.raises(Conflict, match="overwrite=True"):
        store.put("a", io.BytesIO(b"2"))
    (tmp_path / "new").write_bytes(b"new")
    assert store.put("a", tmp_path / "new", overwrite=True).size == 3
    assert (store.root / "a").read_bytes() == b"new"


def test_a_source_that_fails_leaves_nothing(store: FolderStore) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(StorageError, match="input/output error"):
        store.put("a/b", Broken())  # type: ignore[arg-type]
    assert list((store.root / "a").iterdir()) == []


def test_remove_deletes_files_folders_and_links_but_never_the_root(
    store: FolderStore, tmp_path: Path
) -> None:
    fill(store, "a/x", "b")
    (tmp_path / "kept").mkdir()
    (store.root / "l").symlink_to(tmp_path / "kept")
    for path in ("a", "b", "l"):
        store.remove(path)
    assert list(store.root.iterdir()) == []
    assert (tmp_path / "kept").is_dir()
    with pytest.raises(InvalidRequest, match="root"):
        store.remove(".")
    with pytest.raises(NotFound, match="'b'"):
        store.remove("b")


def test_a_root_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "unmounted", "disk")
    with pytest.raises(
        StorageError, match=r"unmounted of datastore 'disk' does not exist \(is its disk mounted"
    ):
        store.put("a", io.BytesIO(b""))
    assert store.list() == ()
    assert not store.root.exists()


def test_open_store_names_a_type_it_does_not_know(tmp_path: Path) -> None:
    assert open_store(Datastore("d", folder=str(tmp_path))).root == tmp_path
    with pytest.raises(InvalidRequest, match="'sql'"):
        open_store(Datastore("d", type="sql"))
    with pytest.raises(InvalidRequest, match="not absolute"):
        open_store(Datastore("d", folder="x"))
