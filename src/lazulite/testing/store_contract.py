"""What every implementation of `storage.store.Store` must do, as tests.

class TestMyStore(StoreContract):
    @pytest.fixture
    def store(self):
        return MyStore(...)  # empty
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from lazulite.model import errors
from lazulite.model.files import FolderEntry
from lazulite.storage.browsing import copy
from lazulite.storage.folders import FolderStore
from lazulite.storage.store import Store
from lazulite.testing.store_transfer_contract import StoreTransferContract

_ESCAPING = ["../x", "a/../../x", "/etc/passwd", "C:/x", "..\\x", "a\0b"]


def put(store: Store, *paths: str) -> None:
    """Write files that hold their own path."""
    for path in paths:
        store.put(path, io.BytesIO(path.encode()), overwrite=True)


class StoreContract(StoreTransferContract):
    """Subclass it and provide the fixture `store`, which is empty."""

    #: Whether the store knows the same bytes again when they are written once more.
    keeps_digests = True
    #: Characters that the store allows in no name.
    forbidden: frozenset[str] = frozenset()

    # --- reading and writing ---

    def test_a_file_is_written_found_read_and_deleted(self, store: Store, tmp_path: Path) -> None:
        store.require()
        written = store.put("deep/in/a.txt", io.BytesIO(b"0123456789"))
        assert (written.path, written.size) == ("deep/in/a.txt", 10)
        found = store.look_at("deep/in/a.txt")
        assert found is not None
        assert (found.name, found.is_directory, found.size) == ("a.txt", False, 10)
        assert store.look_at("deep/in") == FolderEntry(
            "in", is_directory=True, mtime_ns=getattr(store.look_at("deep/in"), "mtime_ns", 0)
        )
        assert store.look_at("deep/in/b.txt") is None
        assert store.look_at("deep/i") is None
        root = store.look_at("")
        assert root is not None
        assert root.is_directory
        local = tmp_path / "local"
        local.write_bytes(b"from a path")
        store.put("deep/b", local)
        with store.open_file("deep/b") as stream:
            assert stream.read() == b"from a path"
        store.remove("deep")
        assert store.list_files() == ()
        for gone in (store.remove, store.open_file, store.list_folder):
            with pytest.raises(errors.NotFound):
                gone("deep")

    def test_what_is_there_is_replaced_only_if_told(self, store: Store) -> None:
        store.put("a", io.BytesIO(b"old"))
        with pytest.raises(errors.Conflict, match="overwrite=True"):
            store.put("a", io.BytesIO(b"new"))
        with store.open_file("a") as stream:
            assert stream.read() == b"old"
        store.put("a", io.BytesIO(b"newer"), overwrite=True)
        with store.open_file("a") as stream:
            assert stream.read() == b"newer"

    def test_large_files_are_written_whole_from_paths_and_streams(self, store: Store, tmp_path: Path) -> None:
        data = bytes(range(256)) * (36 << 10)  # 9 MiB: more than one piece
        local = tmp_path / "large"
        local.write_bytes(data)
        assert store.put("large", local).size == len(data)
        assert store.put("streamed", io.BytesIO(data)).size == len(data)
        for path in ("large", "streamed"):
            with store.open_file(path) as stream:
                digest = hashlib.sha256()
                while part := stream.read(1 << 20):
                    digest.update(part)
                assert digest.digest() == hashlib.sha256(data).digest()
        with pytest.raises(errors.Conflict):
            store.put("large", io.BytesIO(data[:-1]))
        assert store.put("large", io.BytesIO(data[:-1]), overwrite=True).size == len(data) - 1
        assert [info.path for info in store.list_files()] == ["large", "streamed"]
        with store.open_file("large", len(data) - 10) as stream:
            assert stream.read() == data[-10:-1]

    def test_a_source_that_fails_leaves_nothing(self, store: Store) -> None:
        class Broken(io.RawIOBase):
            given = 0

            def readable(self) -> bool:
                return True

            def read(self, size: int = -1, /) -> bytes:
                self.given += 1
                if self.given > 9:
                    raise OSError("the network is gone")
                return b"x" * min(size, 1 << 20)

        with pytest.raises(errors.StorageError):
            store.put("a", Broken(), overwrite=True)  # type: ignore[arg-type]  # a stream all the same
        assert store.look_at("a") is None
        assert store.list_files() == ()

    def test_parts_of_a_file(self, store: Store) -> None:
        store.put("a", io.BytesIO(b"0123456789"))
        store.put("empty", io.BytesIO(b""))
        for offset, length, expected in (
            (0, None, b"0123456789"),
            (8, None, b"89"),
            (2, 3, b"234"),
            (8, 5, b"89"),
            (20, 5, b""),
            (2, 0, b""),
        ):
            with store.open_file("a", offset, length) as part:
                assert part.read() == expected
        with store.open_file("empty") as part:
            assert part.read() == b""
        put(store, "folder/x")
        with pytest.raises(errors.InvalidRequest):
            store.open_file("folder")
        with pytest.raises(errors.InvalidRequest):
            store.open_file("a", -1)

    def test_one_file_is_fetched(self, store: Store, tmp_path: Path) -> None:
        put(store, "a/b")
        (info,) = store.list_files("a/")
        folder = tmp_path / "fetched"
        folder.mkdir()
        target = folder / "here"
        assert store.fetch_file("a/b", target, info.etag).size == 3
        assert target.read_bytes() == b"a/b"
        with pytest.raises(errors.NotFound):
            store.fetch_file("a/c", folder / "other")
        assert [one.name for one in folder.iterdir()] == ["here"]

    @pytest.mark.parametrize(
        "name", ["with space", "ü-名前", "100%41#&+=;,", "what?", "~!@$^()[]{}'`", "a.b.c", ".hidden"]
    )
    def test_names_are_kept(self, store: Store, tmp_path: Path, name: str) -> None:
        if set(name) & self.forbidden:
            with pytest.raises(errors.InvalidRequest, match="cannot be a name"):
                put(store, name)
            return
        path = f"{name}/{name}.txt"
        put(store, path)
        assert [info.path for info in store.list_files()] == [path]
        assert [entry.name for entry in store.list_folder()] == [name]
        assert [entry.name for entry in store.list_folder(name)] == [f"{name}.txt"]
        with store.open_file(path) as stream:
            assert stream.read() == path.encode()
        store.download(None, tmp_path / "out")
        assert (tmp_path / "out" / path).read_bytes() == path.encode()
        store.remove(path)
        assert store.list_files() == ()

    def test_only_what_is_named_is_deleted(self, store: Store) -> None:
        put(store, "a/1", "a/2/x", "ab", "b")
        store.remove("a/1")
        assert [info.path for info in store.list_files()] == ["a/2/x", "ab", "b"]
        store.remove("a")
        assert [info.path for info in store.list_files()] == ["ab", "b"]
        with pytest.raises(errors.InvalidRequest):
            store.remove("")

    # --- looking ---

    def test_files_are_listed_in_pages(self, store: Store) -> None:
        paths = ["a-b/c", "a.txt", "a/1", "b/1", "b/2/x", "b/2/y", "b/3", "b0"]
        put(store, *reversed(paths))
        assert [info.path for info in store.list_files()] == paths
        assert [info.path for info in store.list_files("b/")] == paths[3:7]
        assert [info.path for info in store.list_files("a")] == paths[:3]
        assert [info.path for info in store.list_files("b/2")] == paths[4:6]
        assert store.list_files("c") == ()
        for size in (1, 3):
            page, seen = store.list_files(limit=size), []
            while page:
                assert len(page) <= size
                seen += [info.path for info in page]
                page = store.list_files(limit=size, after=page[-1].path)
            assert seen == paths
        with pytest.raises(errors.InvalidRequest):
            store.list_files(limit=-1)

    def test_a_folder_is_listed_in_pages(self, store: Store) -> None:
        put(store, "a-b/c", "a.txt", "b/1", "b/2/x", "b/3", "b0")
        names = [(entry.name, entry.is_directory) for entry in store.list_folder()]
        assert names == [("a-b", True), ("a.txt", False), ("b", True), ("b0", False)]
        inner = store.list_folder("b", limit=2, after="1")
        assert [(entry.name, entry.is_directory) for entry in inner] == [("2", True), ("3", False)]
        assert inner[1].size == len("b/3")
        with pytest.raises(errors.InvalidRequest):
            store.list_folder("a.txt")
        with pytest.raises(errors.InvalidRequest):
            store.list_folder(limit=-1)

    def test_an_empty_store(self, store: Store) -> None:
        assert store.list_files() == ()
        assert store.list_folder() == ()
        assert store.version("").files == 0
        assert store.watched("", recursive=True) == {}

    @pytest.mark.parametrize("path", _ESCAPING)
    def test_no_path_leaves_the_store(self, store: Store, tmp_path: Path, path: str) -> None:
        for call in (
            lambda: store.open_file(path),
            lambda: store.look_at(path),
            lambda: store.list_folder(path),
            lambda: store.put(path, io.BytesIO(b"x")),
            lambda: store.remove(path),
            lambda: store.version(path),
            lambda: store.uri(path),
            lambda: store.fetch_file(path, tmp_path / "x"),
        ):
            with pytest.raises(errors.PathEscapes):
                call()

    # --- versions ---

    def test_a_version_changes_with_what_is_there(self, store: Store) -> None:
        absent = store.version("data")
        assert (absent.content, store.stat_version("data")) == ("absent", "absent")
        put(store, "data/a", "data/b/c", "data2/x")
        first, stat = store.version("data"), store.stat_version("data")
        assert (first.files, first.bytes, first.is_directory) == (2, len("data/a") + len("data/b/c"), True)
        assert (store.version("data"), store.stat_version("data")) == (first, stat)
        put(store, "data2/y")
        assert (store.version("data"), store.stat_version("data")) == (first, stat)
        store.put("data/a", io.BytesIO(b"DATA/A"), overwrite=True)
        assert store.version("data").content != first.content
        assert store.stat_version("data") != stat
        one = store.version("data/a")
        assert (one.files, one.bytes, one.is_directory) == (1, 6, False)
        store.remove("data/b")
        assert store.version("data").files == 1

    def test_the_same_bytes_written_again_are_the_same_content(self, store: Store) -> None:
        if not self.keeps_digests:
            pytest.skip("the store keeps no digest of its files")
        data = b"x" * (5 << 20)
        contents = []
        for _ in range(2):
            store.put("data/large", io.BytesIO(data), overwrite=True)
            store.put("data/small", io.BytesIO(b"small"), overwrite=True)
            contents.append((store.version("data").content, store.version("data/small").content))
        assert contents[0] == contents[1]

    def test_watching(self, store: Store) -> None:
        assert store.watched("in", recursive=True) is None
        put(store, "in/a", "in/sub/b", "inner")
        shallow = store.watched("in", recursive=False)
        deep = store.watched("in", recursive=True)
        assert shallow is not None
        assert deep is not None
        assert set(shallow) == {"in/a"}
        assert set(deep) == {"in/a", "in/sub/b"}
        assert store.watched("in/a", recursive=False) == shallow
        store.put("in/a", io.BytesIO(b"IN/A and more"), overwrite=True)
        again = store.watched("in", recursive=True)
        assert again is not None
        assert again["in/a"] != deep["in/a"]
        assert again["in/sub/b"] == deep["in/sub/b"]

    # --- beyond one store ---

    def test_files_are_copied_between_stores(self, store: Store, tmp_path: Path) -> None:
        folder = FolderStore(tmp_path, "here")
        put(store, "in/a", "in/sub/b")
        assert copy(store, "in", folder, "out") == 2
        assert (tmp_path / "out" / "sub" / "b").read_bytes() == b"in/sub/b"
        assert copy(folder, "out", store, "back") == 2
        assert [info.path for info in store.list_files("back/")] == ["back/a", "back/sub/b"]
        with pytest.raises(errors.Conflict):
            copy(folder, "out/a", store, "back/a")

    def test_an_address_names_the_place(self, store: Store) -> None:
        assert store.uri("in/a").endswith("/in/a")
        assert "://" in store.uri("") or store.uri("").startswith("dbfs:/")
        assert store.name in store.title
