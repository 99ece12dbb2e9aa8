from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import socket
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.errors import Corrupt, InvalidRequest, NotFound, PathEscapes, StorageFull, TransferFailed
from lazulite.model.snapshot import Snapshot, SnapshotFile
from lazulite.storage import files
from lazulite.storage.blobs import BlobStore
from lazulite.storage.digests import DigestCache
from lazulite.storage.snapshots import archive, load, save, scan, stage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "source"
    made.mkdir()
    return made


def make(folder: Path, **contents: str) -> None:
    for name, content in contents.items():
        put(folder, name, content)


def put(folder: Path, name: str, content: str = "x") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)


def paths(folder: Path) -> list[str]:
    return [file.path for file in scan(folder).snapshot.files]


def settle(folder: Path) -> None:
    """Let every file be older than the moment in which it could still change unseen."""
    past = time.time_ns() - 60_000_000_000
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(past, past))
    time.sleep(0.03)  # the change time cannot be set


def test_a_snapshot_is_about_names_contents_and_the_program_bit_only(folder: Path, tmp_path: Path) -> None:
    make(folder, a="1", b="2")
    first = scan(folder).snapshot
    assert [(file.path, file.size, file.executable) for file in first.files] == [
        ("a", 1, False),
        ("b", 1, False),
    ]
    assert first.files[0].digest == hashlib.sha256(b"1").hexdigest()
    shutil.copytree(folder, tmp_path / "elsewhere")
    (folder / "empty").mkdir()
    settle(folder)
    assert scan(folder).snapshot.id == first.id == scan(tmp_path / "elsewhere").snapshot.id
    (folder / "a").chmod(0o755)
    assert scan(folder).snapshot.id != first.id
    (folder / "a").chmod(0o644)
    (folder / "a").rename(folder / "c")
    assert scan(folder).snapshot.id != first.id


def test_defaults_where_there_is_no_ignore_file(folder: Path) -> None:
    for name in (
        *("train.py", "outputs/model", ".git/HEAD", "lib/__pycache__/x.pyc", ".azureml/config.json"),
        *(
            ".ipynb_checkpoints/n",
            "env/pyvenv.cfg",
            "env/bin/python",
            "conda/conda-meta/history",
            "venv/notes.txt",
        ),
    ):
        put(folder, name)
    found = scan(folder)
    assert [file.path for file in found.snapshot.files] == ["outputs/model", "train.py", "venv/notes.txt"]
    assert found.ignored == (
        ".azureml/",
        ".git/",
        ".ipynb_checkpoints/",
        "conda/",
        "env/",
        "lib/__pycache__/",
    )
    assert found.ignore_file is None


def test_with_an_ignore_file_only_git_and_caches_are_left_out_besides(folder: Path) -> None:
    for name in ("a.py", "a.log", ".git/HEAD", "__pycache__/a.pyc", ".azureml/config.json", "env/pyvenv.cfg"):
        put(folder, name)
    put(folder, ".gitignore", "*.log\n!.git\n!__pycache__\n")
    found = scan(folder)
    assert [file.path for file in found.snapshot.files] == [
        ".azureml/config.json",
        ".gitignore",
        "a.py",
        "env/pyvenv.cfg",
    ]
    assert found.ignored == (".git/", "__pycache__/", "a.log")
    assert found.ignore_file == ".gitignore"


def test_amlignore_of_the_folder_wins_over_every_gitignore(folder: Path) -> None:
    for name in ("a.log", "a.txt", "sub/a.log", "sub/a.txt", "sub/deep/b.txt"):
        put(folder, name)
    put(folder, ".gitignore", "*.log")
    put(folder, "sub/.gitignore", "*.txt")
    assert paths(folder) == [".gitignore", "a.txt", "sub/.gitignore"]
    put(folder, "sub/.amlignore", "deep/")  # in that folder, instead of its .gitignore
    assert paths(folder) == [".gitignore", "a.txt", "sub/.amlignore", "sub/.gitignore", "sub/a.txt"]
    put(folder, ".amlignore", ".*ignore")
    found = scan(folder)
    assert [file.path for file in found.snapshot.files] == ["a.log", "a.txt", "sub/a.log", "sub/a.txt"]
    assert found.ignore_file == ".amlignore"


def test_nested_rules_win_but_not_below_an_ignored_folder(folder: Path) -> None:
    for name in ("data/keep.csv", "logs/keep.log", "logs/x.log"):
        put(folder, name)
    put(folder, ".gitignore", "data/\n*.log\n!data/keep.csv\n")
    put(folder, "logs/.gitignore", "!keep.log\n")
    assert paths(folder) == [".gitignore", "logs/.gitignore", "logs/keep.log"]


def test_links_inside_are_taken_as_what_they_lead_to(folder: Path) -> None:
    make(folder, a="content")
    put(folder, "lib/m.py")
    (folder / "b").symlink_to("a")
    (folder / "pkg").symlink_to("lib")
    found = scan(folder)
    assert [file.path for file in found.snapshot.files] == ["a", "b", "lib/m.py", "pkg/m.py"]
    assert found.snapshot.files[0].digest == found.snapshot.files[1].digest
    assert all(Path(place).read_bytes() for place in found.sources.values())


def test_links_that_lead_outside_or_nowhere_are_errors_with_a_ready_line(
    folder: Path, tmp_path: Path
) -> None:
    put(tmp_path, "secret/key")
    make(folder, a="1")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "gone").symlink_to("nothing")
    (folder / "me").symlink_to(".")
    (folder / ".#a").symlink_to("user@host.1:2")
    with pytest.raises(TransferFailed) as caught:
        scan(folder)
    failures = caught.value.failures
    assert set(failures) == {"out", "gone", "me"}
    assert "/out/ to .amlignore" in failures["out"]
    assert str(tmp_path / "secret") in failures["out"]
    assert "/gone to .amlignore" in failures["gone"]
    put(folder, ".amlignore", "/out/\n/gone\n/me/\n")
    assert paths(folder) == [".amlignore", "a"]


def test_an_unreadable_file_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(folder, good="1", bad="2")
    opened = os.open

    def refuse(path: Any, *arguments: Any, **keywords: Any) -> int:
        if str(path).endswith("/bad"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opened(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(TransferFailed, match="bad: no permission"):
        scan(folder)


def test_names_that_are_no_text_are_named_and_sockets_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(folder, a="1")
    monkeypatch.chdir(folder)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.sock")
        os.mkfifo("pipe")
        assert paths(folder) == ["a"]
    try:
        with open(os.fsencode(folder) + b"/caf\xe9", "wb"):  # noqa: PTH123
            pass
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(TransferFailed, match=r"caf\\xe9: the name is not UTF-8"):
        scan(folder)


def test_a_missing_folder_and_a_file_are_refused(folder: Path) -> None:
    make(folder, a="1")
    with pytest.raises(NotFound, match="does not exist"):
        scan(folder / "absent")
    with pytest.raises(InvalidRequest, match="is not a folder"):
        scan(folder / "a")


def test_an_unchanged_file_is_not_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        put(folder, f"f{number}", str(number))
    settle(folder)
    first = scan(folder, tmp_path / "cache").snapshot
    read: list[str] = []
    sha256_of = files.sha256_of

    def watched(path: str) -> tuple[str, int]:
        read.append(Path(path).name)
        return sha256_of(path)

    monkeypatch.setattr(files, "sha256_of", watched)
    assert scan(folder, tmp_path / "cache").snapshot == first
    assert read == []
    put(folder, "f7", "!")
    assert scan(folder, tmp_path / "cache").snapshot != first
    assert read == ["f7"]


def test_a_change_of_equal_size_and_time_is_seen(folder: Path, tmp_path: Path) -> None:
    for number in range(30):
        put(folder, f"f{number}", "old")
    settle(folder)
    first = scan(folder, tmp_path / "cache").snapshot
    kept = (folder / "f3").stat()
    (folder / "f3").write_text("new")
    os.utime(folder / "f3", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert scan(folder, tmp_path / "cache").snapshot != first


def test_a_file_changed_just_now_is_not_remembered(folder: Path, tmp_path: Path) -> None:
    for number in range(30):
        put(folder, f"f{number}", "old")
    settle(folder)
    put(folder, "f0", "new")
    now = (folder / "f0").stat()
    cache = DigestCache(tmp_path / "cache", str(folder))
    cache.digest("f0", str(folder / "f0"), now)
    for number in range(1, 30):
        cache.digest(f"f{number}", str(folder / f"f{number}"), (folder / f"f{number}").stat())
    cache.save()
    (remembered,) = (tmp_path / "cache").iterdir()
    assert set(json.loads(remembered.read_text())["files"]) == {f"f{number}" for number in range(1, 30)}


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "root": "/", "files": 3}']
)
def test_a_damaged_cache_is_built_anew(folder: Path, tmp_path: Path, damage: str) -> None:
    for number in range(30):
        put(folder, f"f{number}")
    settle(folder)
    first = scan(folder, tmp_path / "cache").snapshot
    (remembered,) = (tmp_path / "cache").iterdir()
    assert remembered.stat().st_mode & 0o777 == 0o600
    good = remembered.read_text()
    remembered.write_text(damage)
    assert scan(folder, tmp_path / "cache").snapshot == first
    assert remembered.read_text() == good


def test_what_is_large_is_named_with_a_line_that_ignores_it(folder: Path) -> None:
    put(folder, "train.py", "x" * 10)
    put(folder, "src/data/big [1].csv", "x" * 5000)
    for number in range(20):
        put(folder, f"images/{number}.png", "x" * 100)
    found = scan(folder)
    largest = found.largest(2)
    assert [(bulk.path, bulk.size, bulk.files) for bulk in largest] == [
        ("src/data/big [1].csv", 5000, 1),
        ("images/", 2000, 20),
    ]
    put(folder, ".amlignore", "\n".join(bulk.ignore_line for bulk in largest))
    assert paths(folder) == [".amlignore", "train.py"]


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def taken(folder: Path, blobs: BlobStore) -> Snapshot:
    found = scan(folder)
    for digest in blobs.missing(found.sources):
        with Path(found.sources[digest]).open("rb") as file:
            blobs.put(digest, file)
    return found.snapshot


def test_stage_lays_out_copies_that_a_script_may_change(
    folder: Path, blobs: BlobStore, tmp_path: Path
) -> None:
    put(folder, "a/b.py", "code")
    put(folder, "run.sh", "#!/bin/sh")
    (folder / "run.sh").chmod(0o755)
    snapshot = taken(folder, blobs)
    target = tmp_path / "work"
    stage(snapshot, blobs, target)
    assert (target / "a/b.py").read_text() == "code"
    assert os.access(target / "run.sh", os.X_OK)
    assert scan(target).snapshot.id == snapshot.id
    (target / "a/b.py").write_text("changed by the script")
    stage(snapshot, blobs, tmp_path / "again")
    assert (tmp_path / "again/a/b.py").read_text() == "code"
    with pytest.raises(InvalidRequest, match="not empty"):
        stage(snapshot, blobs, target)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "", "a//b", "a/", "..\\x", "a\0b", "C:\\x"])
def test_a_snapshot_from_elsewhere_cannot_leave_its_folder(
    blobs: BlobStore, tmp_path: Path, path: str
) -> None:
    blobs.put(hashlib.sha256(b"x").hexdigest(), io.BytesIO(b"x"))
    snapshot = Snapshot((SnapshotFile(path, hashlib.sha256(b"x").hexdigest(), 1),))
    for use in (stage, archive):
        with pytest.raises((PathEscapes, InvalidRequest)):
            use(snapshot, blobs, tmp_path / "target" / "inner")
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "target").exists()


def test_missing_and_damaged_contents_are_named(folder: Path, blobs: BlobStore, tmp_path: Path) -> None:
    make(folder, a="one", b="two")
    snapshot = taken(folder, blobs)
    blobs.path(snapshot.files[1].digest).write_text("tw")
    with pytest.raises(Corrupt, match="content of 'b' is damaged"):
        stage(snapshot, blobs, tmp_path / "one")
    blobs.path(snapshot.files[0].digest).unlink()
    with pytest.raises(NotFound, match="content of a is not stored"):
        stage(snapshot, blobs, tmp_path / "two")


def test_a_full_disk_while_staging_is_named(
    folder: Path, blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(folder, a="one")
    snapshot = taken(folder, blobs)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageFull, match="code of the step could not be laid out"):
        stage(snapshot, blobs, tmp_path / "work")


def test_an_archive_is_the_same_for_the_same_snapshot(folder: Path, blobs: BlobStore, tmp_path: Path) -> None:
    put(folder, "a/b.py", "code")
    put(folder, "run.sh", "#!/bin/sh")
    (folder / "run.sh").chmod(0o755)
    snapshot = taken(folder, blobs)
    archive(snapshot, blobs, tmp_path / "one.zip")
    archive(snapshot, blobs, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["a/b.py", "run.sh"]
        assert packed.read("a/b.py") == b"code"
        assert packed.getinfo("run.sh").external_attr >> 16 & 0o111
    blobs.path(snapshot.files[0].digest).unlink()
    with pytest.raises(NotFound):
        archive(snapshot, blobs, tmp_path / "three.zip")
    assert not (tmp_path / "three.zip").exists()
    assert sorted(path.name for path in tmp_path.glob("*zip*")) == ["one.zip", "two.zip"]


def test_a_damaged_content_of_the_right_size_is_found_and_stored_anew(
    folder: Path, blobs: BlobStore, tmp_path: Path
) -> None:
    make(folder, a="one")
    snapshot = taken(folder, blobs)
    blobs.path(snapshot.files[0].digest).write_text("two")
    with pytest.raises(Corrupt, match=r"content of 'a' is damaged.*submit again"):
        stage(snapshot, blobs, tmp_path / "one")
    assert taken(folder, blobs) == snapshot
    stage(snapshot, blobs, tmp_path / "two")
    assert (tmp_path / "two" / "a").read_text() == "one"


def test_a_damaged_list_of_files_is_found_and_kept_anew(folder: Path, blobs: BlobStore) -> None:
    make(folder, a="one")
    snapshot = taken(folder, blobs)
    snapshot_id = save(snapshot, blobs)
    blobs.path(snapshot_id).write_text("[]")
    with pytest.raises(Corrupt, match="list of files"):
        load(snapshot_id, blobs)
    assert load(save(snapshot, blobs), blobs) == snapshot
