from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.model.errors import StorageError
from lazulite.storage import files, versions
from lazulite.storage.versions import Version, content_version, stat_version

_trees = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join),
    st.binary(max_size=4),
    max_size=5,
)


def build(folder: Path, tree: dict[str, bytes]) -> dict[str, bytes]:
    """Write the tree; a name that is a folder already, or would need a file to be one, is left out."""
    folder.mkdir(parents=True)
    written = {}
    for name, content in tree.items():
        place = folder / name
        if place.is_dir() or any(parent.is_file() for parent in place.parents):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        written[name] = content
    return written


@settings(deadline=None, max_examples=60)
@given(one=_trees, two=_trees)
def test_content_is_equal_exactly_when_names_and_bytes_are(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, bytes], two: dict[str, bytes]
) -> None:
    base = tmp_path_factory.mktemp("trees")
    first, second = build(base / "one", one), build(base / "two", two)
    here, there = content_version(base / "one"), content_version(base / "two")
    assert (here.content == there.content) is (first == second)
    assert (here.files, here.bytes) == (len(first), sum(map(len, first.values())))
    shutil.rmtree(base)


def test_a_missing_path_is_a_version_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "absent", tmp_path / "file" / "below"):
        assert content_version(path) == Version.absent()
        assert stat_version(path) == "absent"


def test_a_file_and_a_folder_with_that_file_differ(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("x")
    file, folder = content_version(tmp_path / "d" / "f"), content_version(tmp_path / "d")
    assert file.content != folder.content
    assert (file.is_directory, folder.is_directory) == (False, True)
    assert (file.files, file.bytes) == (folder.files, folder.bytes) == (1, 1)


def test_the_name_of_the_root_and_times_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "f").write_text("x")
    first = content_version(tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    assert content_version(tmp_path / "two") == first
    os.utime(tmp_path / "two" / "f", ns=(1, 1))
    touched = content_version(tmp_path / "two")
    assert touched.content == first.content
    assert touched.stat != first.stat


def test_stat_tells_a_change_without_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_text("one")
    known = content_version(tmp_path)

    def never(path: str) -> tuple[str, int]:
        raise AssertionError(path)

    monkeypatch.setattr(files, "sha256_of", never)
    assert stat_version(tmp_path) == known.stat
    assert stat_version(tmp_path / "f") != known.stat
    time.sleep(0.02)
    (tmp_path / "f").write_text("two")
    assert stat_version(tmp_path) != known.stat


def test_unchanged_files_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    build(data, {f"f{number}": bytes([number]) for number in range(20)})
    time.sleep(0.03)
    first = content_version(data, tmp_path / "cache")
    read = []
    sha256_of = files.sha256_of

    def watched(path: str) -> tuple[str, int]:
        read.append(path)
        return sha256_of(path)

    monkeypatch.setattr(files, "sha256_of", watched)
    assert content_version(data, tmp_path / "cache") == first
    assert read == []
    (data / "f3").write_bytes(b"!")
    assert content_version(data, tmp_path / "cache").content != first.content
    assert read == [str(data / "f3")]


def test_a_big_file_is_read_in_pieces_and_remembered(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(100 << 20)
    time.sleep(0.03)
    import tracemalloc

    tracemalloc.start()
    first = content_version(tmp_path / "big", tmp_path / "cache")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
    start = time.perf_counter()
    assert content_version(tmp_path / "big", tmp_path / "cache") == first
    assert time.perf_counter() - start < 0.1


def test_an_altered_file_with_the_size_and_time_it_had_is_noticed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    build(data, {"a": b"1"})
    time.sleep(0.03)
    known, before = content_version(data, tmp_path / "cache"), (data / "a").stat()
    (data / "a").write_bytes(b"2")
    os.utime(data / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stat_version(data) != known.stat
    assert content_version(data, tmp_path / "cache").content != known.content


def test_links_count_as_where_they_lead(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "elsewhere").mkdir()
    build(data, {"a": b"1", "sub/b": b"2"})
    plain = content_version(data).content
    (data / "in").symlink_to("sub")
    (data / "loop").symlink_to(".")
    (data / "sub" / "root").symlink_to(tmp_path / "elsewhere")
    (data / "gone").symlink_to("nothing")
    linked = content_version(data)
    assert linked.content not in (plain, content_version(tmp_path).content)
    assert linked.files == 6
    shutil.copytree(data, tmp_path / "copy", symlinks=True)
    assert content_version(tmp_path / "copy").content == linked.content
    (data / "in").unlink()
    (data / "in").symlink_to("a")
    assert content_version(data).content != linked.content


def test_data_behind_a_link_outside_are_noticed_when_they_change(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("1")
    build(tmp_path / "data", {"a": b"1"})
    (tmp_path / "data" / "link").symlink_to(tmp_path / "outside")
    first = content_version(tmp_path / "data")
    (tmp_path / "outside").write_text("22")
    second = content_version(tmp_path / "data")
    assert second.content != first.content
    assert second.stat != first.stat


def test_data_in_a_folder_behind_a_link_are_noticed_when_they_change(tmp_path: Path) -> None:
    build(tmp_path / "outside", {"sub/b": b"1"})
    build(tmp_path / "further", {"c": b"1"})
    (tmp_path / "outside" / "sub" / "link").symlink_to(tmp_path / "further")
    (tmp_path / "outside" / "loop").symlink_to(tmp_path / "outside")
    (tmp_path / "outside" / "nowhere").symlink_to("gone")
    build(tmp_path / "data", {"a": b"1"})
    (tmp_path / "data" / "link").symlink_to(tmp_path / "outside")
    for changed in ("outside/sub/b", "further/c"):
        first = content_version(tmp_path / "data")
        assert content_version(tmp_path / "data") == first
        time.sleep(0.02)
        (tmp_path / changed).write_text("2")
        second = content_version(tmp_path / "data")
        assert second.content != first.content
        assert second.stat != first.stat


def test_a_folder_behind_a_link_that_is_too_large_to_look_through_is_never_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "outside", {"a": b"1", "b": b"1"})
    build(tmp_path / "data", {"a": b"1"})
    (tmp_path / "data" / "link").symlink_to(tmp_path / "outside")
    monkeypatch.setattr(versions, "_ENTRIES_OUTSIDE", 2)
    assert content_version(tmp_path / "data").content == content_version(tmp_path / "data").content
    monkeypatch.setattr(versions, "_ENTRIES_OUTSIDE", 1)
    assert content_version(tmp_path / "data").content != content_version(tmp_path / "data").content


def test_pipes_are_not_waited_for_and_half_files_do_not_count(tmp_path: Path) -> None:
    build(tmp_path / "data", {"a": b"1"})
    first = content_version(tmp_path / "data").content
    (tmp_path / "data" / files.temporary_name()).write_text("half")
    assert content_version(tmp_path / "data").content == first
    os.mkfifo(tmp_path / "data" / "pipe")
    assert content_version(tmp_path / "data").content != first


def test_what_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "data", {"a": b"1"})

    def refuse(path: str) -> tuple[str, int]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(files, "sha256_of", refuse)
    with pytest.raises(StorageError, match="data/a cannot be read: no permission"):
        content_version(tmp_path / "data")
