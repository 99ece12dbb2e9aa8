"""What every implementation of `storage.store.Store` must do with many files at once, as tests: a part of
`store_contract`, whose fixture it uses."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from lazulite.model import errors
from lazulite.storage.meter import TransferProgress
from lazulite.storage.store import Store


class StoreTransferContract:
    """Uploading and downloading."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        """A folder with files of several sizes."""
        folder = tmp_path / "source"
        (folder / "sub").mkdir(parents=True)
        for number in range(20):
            (folder / "sub" / f"{number:02}").write_bytes(b"%d" % number * number)
        (folder / "large").write_bytes(bytes(range(251)) * 20_000)  # 5 MB
        return folder

    @staticmethod
    def pairs(source: Path, start: str = "up/") -> list[tuple[Path, str]]:
        """Each file of a folder with its path on the store."""
        found = sorted(one for one in source.rglob("*") if one.is_file())
        return [(one, start + one.relative_to(source).as_posix()) for one in found]

    def test_files_go_up_and_come_down_again(self, store: Store, source: Path, tmp_path: Path) -> None:
        told: list[TransferProgress] = []
        result = store.upload(self.pairs(source), progress=told.append)
        size = sum(one.stat().st_size for one, _ in self.pairs(source))
        assert (result.copied, result.skipped, result.bytes) == (21, 0, size)
        assert told[-1].is_last
        assert (told[-1].files_done, told[-1].bytes_done, told[-1].bytes_total) == (21, size, size)
        assert len(store.list_files("up/")) == 21
        down = tmp_path / "down"
        told.clear()
        result = store.download("up", down, strip_prefix=True, progress=told.append)
        assert (result.copied, result.bytes) == (21, size)
        assert (told[-1].files_done, told[-1].bytes_done) == (21, size)
        for one, path in self.pairs(source, ""):
            assert (down / path).read_bytes() == one.read_bytes()
        assert len([one for one in down.rglob("*") if one.is_file()]) == 21

    def test_what_is_there_is_skipped_unless_told(self, store: Store, source: Path, tmp_path: Path) -> None:
        store.upload(self.pairs(source))
        for one, _ in self.pairs(source):
            one.write_bytes(b"new" + one.read_bytes())
        result = store.upload(self.pairs(source))
        assert (result.copied, result.skipped, result.bytes) == (0, 21, 0)
        assert result.skipped_paths == tuple(sorted(str(one) for one, _ in self.pairs(source)))
        assert store.upload(self.pairs(source), overwrite=True).copied == 21
        with store.open_file("up/large") as stream:
            assert stream.read(4) == b"new\0"
        down = tmp_path / "down"
        assert store.download("up/sub/", down).copied == 20
        (down / "up/sub/00").write_bytes(b"mine")
        result = store.download("up/sub/", down)
        assert (result.copied, result.skipped) == (0, 20)
        assert (down / "up/sub/00").read_bytes() == b"mine"
        assert store.download("up/sub/", down, overwrite=True).copied == 20
        assert (down / "up/sub/00").read_bytes() == b"new"

    def test_a_prefix_is_text_and_a_name_is_a_name(self, store: Store, tmp_path: Path) -> None:
        for path in ("data/a", "data/b/c", "data2/x", "file"):
            store.put(path, io.BytesIO(path.encode()))
        assert store.download("data", tmp_path / "1").copied == 3
        assert (tmp_path / "1/data2/x").exists()
        assert store.download("data", tmp_path / "2", strip_prefix=True).copied == 2
        assert (tmp_path / "2/b/c").read_bytes() == b"data/b/c"
        assert store.download("data/b/c", tmp_path / "3", strip_prefix=True).copied == 1
        assert (tmp_path / "3/c").exists()
        assert store.download(None, tmp_path / "4").copied == 4
        assert store.download("nothing", tmp_path / "5").copied == 0

    def test_every_failing_file_is_named_and_the_others_arrive(
        self, store: Store, source: Path, tmp_path: Path
    ) -> None:
        pairs = [*self.pairs(source), (source / "gone", "up/gone"), (source / "sub", "up/folder")]
        with pytest.raises(errors.TransferFailed) as failed:
            store.upload(pairs)
        assert set(failed.value.failures) == {str(source / "gone"), str(source / "sub")}
        assert len(store.list_files("up/")) == 21
        down = tmp_path / "down"
        (down / "up/sub/03").mkdir(parents=True)
        with pytest.raises(errors.TransferFailed, match="up/sub/03: a folder is at") as failed:
            store.download("up/", down)
        assert set(failed.value.failures) == {"up/sub/03"}
        assert (down / "up/sub/04").exists()

    def test_nothing_is_uploaded_if_one_path_is_wrong(self, store: Store, source: Path) -> None:
        with pytest.raises(errors.PathEscapes):
            store.upload([*self.pairs(source), (source / "large", "../x")])
        with pytest.raises(errors.InvalidRequest, match="both become"):
            store.upload([*self.pairs(source), (source / "large", "up/sub/01")])
        assert store.list_files() == ()

    def test_what_a_source_raises_comes_out_as_it_is_and_nothing_is_there(self, store: Store) -> None:
        class Broken(Exception):
            pass

        class Source(io.RawIOBase):
            left = 20 << 20

            def readable(self) -> bool:
                return True

            def read(self, size: int = -1, /) -> bytes:
                if not self.left:
                    raise Broken
                data = bytes(min(size, self.left))
                self.left -= len(data)
                return data

        with pytest.raises(Broken):
            store.put("broken", cast("BinaryIO", Source()))
        assert store.look_at("broken") is None

    def test_a_listener_that_fails_ends_the_transfer(
        self, store: Store, source: Path, tmp_path: Path
    ) -> None:
        class Enough(Exception):
            pass

        def stop(_told: TransferProgress) -> None:
            raise Enough

        with pytest.raises(Enough):
            store.upload(self.pairs(source), progress=stop)
        store.upload(self.pairs(source))
        with pytest.raises(Enough):
            store.download("up/", tmp_path / "down", progress=stop)
        names = [one.name for one in (tmp_path / "down").rglob("*")]
        assert not [name for name in names if name.endswith(".part")]
