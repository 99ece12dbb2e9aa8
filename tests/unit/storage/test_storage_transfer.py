from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.errors import InvalidRequest, PathEscapes, StorageError, StorageFull, TransferFailed
from lazulite.storage import copying, files
from lazulite.storage.folders import FolderStore
from lazulite.storage.transfer import TransferProgress, download, upload


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = FolderStore(tmp_path / "root", "s")
    made.create()
    return made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def make(folder: Path, *names: str, content: bytes = b"") -> list[tuple[Path, str]]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content or name.encode())
    return [(folder / name, name) for name in names]


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if files.is_temporary(path.name)]


def failing(code: int, names: Callable[[str], bool], original: Any) -> Any:
    """`os.open`, or another call that takes a path, failing for some paths as a sick disk would."""

    def call(path: Any, *arguments: Any, **keywords: Any) -> Any:
        if names(os.fsdecode(path)):
            raise OSError(code, os.strerror(code), os.fsdecode(path))
        return original(path, *arguments, **keywords)

    return call


def test_files_arrive_with_their_bytes_times_and_program_bit(store: FolderStore, source: Path) -> None:
    pairs = make(source, "a/b.txt", "run.sh", "empty")
    (source / "empty").write_bytes(b"")
    (source / "run.sh").chmod(0o755)
    os.utime(source / "a/b.txt", ns=(10**18, 10**18 + 7))
    result = upload(store, pairs)
    assert (result.copied, result.skipped, result.bytes) == (3, 0, len("a/b.txt") + len("run.sh"))
    assert (store.root / "a/b.txt").read_text() == "a/b.txt"
    assert (store.root / "a/b.txt").stat().st_mtime_ns == 10**18 + 7
    assert (store.root / "run.sh").stat().st_mode & stat.S_IXUSR
    assert not (store.root / "a/b.txt").stat().st_mode & stat.S_IXUSR
    assert (store.root / "empty").read_bytes() == b""


def test_existing_files_are_skipped_and_named_unless_overwritten(store: FolderStore, source: Path) -> None:
    pairs = make(source, "a", "b")
    upload(store, pairs[:1])
    make(source, "a", content=b"new")
    result = upload(store, pairs)
    assert (result.copied, result.skipped, result.skipped_paths) == (1, 1, (str(source / "a"),))
    assert (store.root / "a").read_bytes() == b"a"
    assert upload(store, pairs, overwrite=True).copied == 2
    assert (store.root / "a").read_bytes() == b"new"


def test_large_files_and_files_that_grow_are_whole(store: FolderStore, source: Path) -> None:
    content = os.urandom(5 << 20)
    pairs = make(source, "big", content=content)
    upload(store, pairs)
    assert (store.root / "big").read_bytes() == content
    # A size that is not the file's any more: nothing is cut off, nothing doubled.
    for size in (0, 10, 3 << 20, 50 << 20):
        assert files.copy(str(source / "big"), str(store.root / "copy"), size=size) == len(content)
        assert (store.root / "copy").read_bytes() == content


def test_copying_without_the_kernels_help(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> int:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refused, raising=False)
    content = os.urandom(3 << 20)
    upload(store, make(source, "big", content=content))
    assert (store.root / "big").read_bytes() == content


@pytest.mark.parametrize("waits", [True, False])
def test_many_files_with_and_without_threads(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    monkeypatch.setattr(copying, "_WAITING", -1.0 if waits else 2.0)
    seen = set()
    copy = files.copy

    def watched(*arguments: Any, **keywords: Any) -> int:
        seen.add(threading.current_thread())
        return copy(*arguments, **keywords)

    monkeypatch.setattr(files, "copy", watched)
    pairs = make(source, *(f"d{n % 7}/f{n}" for n in range(200)))
    assert upload(store, pairs).copied == 200
    assert {info.path for info in store.list()} == {name for _, name in pairs}
    assert (seen == {threading.main_thread()}) is not waits


def test_every_failing_file_is_named_and_the_others_arrive(store: FolderStore, source: Path) -> None:
    pairs = make(source, "good", "blocked/x", "target")
    (store.root / "blocked").write_text("a file where a folder is needed")
    (store.root / "target").mkdir()
    os.mkfifo(source / "pipe")
    pairs += [(source / "absent", "absent"), (source / "pipe", "pipe"), (source, "folder")]
    with pytest.raises(TransferFailed) as caught:
        upload(store, pairs)
    failed = caught.value.failures
    assert set(failed) == {str(source / name) for name in ("blocked/x", "target", "absent", "pipe")} | {
        str(source)
    }
    assert "no such file" in failed[str(source / "absent")]
    assert "folder is at" in failed[str(source / "target")]
    assert "could not be created" in failed[str(source / "blocked/x")]
    assert caught.value.message.startswith("5 of 6 files were not copied to datastore 's':")
    assert (store.root / "good").read_text() == "good"
    assert not leftovers(store.root)


def test_nothing_is_copied_if_one_path_would_leave(store: FolderStore, source: Path, tmp_path: Path) -> None:
    pairs = make(source, "a", "b")
    (store.root / "out").symlink_to(tmp_path)
    for path in ("../b", "/b", "out/b"):
        with pytest.raises(PathEscapes):
            upload(store, [pairs[0], (pairs[1][0], path)])
    assert [path.name for path in store.root.iterdir()] == ["out"]
    assert not (tmp_path / "b").exists()


def test_a_link_at_the_target_is_replaced_not_followed(
    store: FolderStore, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_text("untouched")
    (store.root / "a").symlink_to(tmp_path / "victim")
    upload(store, make(source, "a"), overwrite=True)
    assert (tmp_path / "victim").read_text() == "untouched"
    assert not (store.root / "a").is_symlink()


def test_two_files_with_one_path_are_refused(store: FolderStore, source: Path) -> None:
    (one, _), (two, _) = make(source, "one", "two")
    with pytest.raises(InvalidRequest, match="would both become 'x'"):
        upload(store, [(one, "x"), (two, "./x")])
    assert upload(store, [(one, "x"), (one, "x")]).copied == 1


def test_a_full_disk_stops_the_transfer_and_names_folder_and_free_bytes(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = make(source, *(f"f{n}" for n in range(50)))
    written = 0
    write = os.write

    def filling(descriptor: int, data: bytes) -> int:
        nonlocal written
        written += 1
        if written > 10:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", filling)
    with pytest.raises(StorageFull) as caught:
        upload(store, pairs)
    monkeypatch.undo()
    assert str(store.root) in caught.value.message
    assert "bytes are free" in caught.value.message
    assert isinstance(caught.value.details["free_bytes"], int)
    assert len(store.list()) == 10
    assert written < 20
    assert not leftovers(store.root)


def test_a_file_that_cannot_be_read_or_renamed_is_named(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = make(source, "secret", "stuck", "good")
    monkeypatch.setattr(os, "open", failing(errno.EACCES, lambda path: path.endswith("/secret"), os.open))
    replace = os.replace

    def stuck(here: str, there: str) -> None:
        if there.endswith("stuck"):
            raise OSError(errno.EACCES, "Permission denied", here)
        replace(here, there)

    monkeypatch.setattr(os, "replace", stuck)
    with pytest.raises(TransferFailed) as caught:
        upload(store, pairs)
    assert set(caught.value.failures) == {str(source / "secret"), str(source / "stuck")}
    assert all("no permission" in why for why in caught.value.failures.values())
    assert [info.path for info in store.list()] == ["good"]
    assert not leftovers(store.root)


def test_an_unwritable_datastore_is_named_before_anything_is_tried(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = make(source, "a")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(StorageError, match=r"Nothing was uploaded: .*root of datastore 's' is not writable"):
        upload(store, pairs)
    monkeypatch.undo()
    store.root.rmdir()
    store.root.write_text("a file in place of the folder")
    with pytest.raises(StorageError, match="is not a folder"):
        upload(store, pairs)


@pytest.mark.parametrize("waits", [True, False])
def test_an_interrupt_ends_the_transfer_without_half_files(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    monkeypatch.setattr(copying, "_WAITING", -1.0 if waits else 2.0)
    pairs = make(source, *(f"f{n}" for n in range(100)))
    replace = os.replace
    renamed: list[str] = []

    def interrupted(here: str, there: str) -> None:
        if len(renamed) == 40:
            raise KeyboardInterrupt
        renamed.append(there)
        replace(here, there)

    before = set(threading.enumerate())
    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upload(store, pairs)
    monkeypatch.undo()
    assert not leftovers(store.root)
    assert all(info.size == len(info.path) for info in store.list())
    assert set(threading.enumerate()) == before


def test_progress_counts_up_to_the_totals(store: FolderStore, source: Path) -> None:
    told: list[TransferProgress] = []
    upload(store, make(source, "a", "b", content=b"x" * 100), progress=told.append)
    last = told[-1]
    assert (last.files_done, last.files_total, last.bytes_done, last.bytes_total) == (2, 2, 200, 200)
    assert [progress.is_last for progress in told] == [False] * (len(told) - 1) + [True]


def test_download_keeps_the_whole_path_or_strips_it(store: FolderStore, source: Path, tmp_path: Path) -> None:
    upload(store, make(source, "run/out/a/x", "run/out/y", "run/out2/z", "one.csv"))

    def downloaded(name: str, prefix: str | None, *, strip: bool = False) -> list[str]:
        target = tmp_path / name
        download(store, prefix, target, strip_prefix=strip)
        return sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())

    assert downloaded("all", None) == ["one.csv", "run/out/a/x", "run/out/y", "run/out2/z"]
    assert downloaded("text", "run/out") == ["run/out/a/x", "run/out/y", "run/out2/z"]
    assert downloaded("folder", "./run/out/") == ["run/out/a/x", "run/out/y"]
    assert downloaded("stripped", "run/out", strip=True) == ["a/x", "y"]
    assert downloaded("file", "run/out/y", strip=True) == ["y"]
    assert downloaded("part", "run/ou", strip=True) == ["out/a/x", "out/y", "out2/z"]
    assert downloaded("none", "absent") == []


def test_download_skips_existing_files_and_names_links_outside(
    store: FolderStore, source: Path, tmp_path: Path
) -> None:
    upload(store, make(source, "a", "b"))
    target = tmp_path / "target"
    make(target, "a", content=b"mine")
    result = download(store, None, target)
    assert (result.copied, result.skipped_paths) == (1, ("a",))
    assert (target / "a").read_bytes() == b"mine"
    (store.root / "link").symlink_to("/etc/hostname")
    with pytest.raises(TransferFailed, match="link: a symbolic link that leads out"):
        download(store, None, target, overwrite=True)
    assert (target / "a").read_bytes() == b"a"
    assert not (target / "link").exists()


def test_download_to_a_file_is_refused(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file could not be created"):
        download(store, None, tmp_path / "file")
