"""Input files kept by content version: fetched once, noticed when altered, bounded, and never lost to a killed fetcher."""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from pathlib import Path

import pytest

from lazulite.model.errors import Conflict, StorageFull
from lazulite.model.files import FileInfo
from lazulite.storage.content_cache import ContentCache
from lazulite.storage.files import temporary_name
from lazulite.testing.far_store import FarStore


@pytest.fixture
def far(tmp_path: Path) -> FarStore:
    store = FarStore(tmp_path / "far")
    for name in ("a", "b", "c"):
        store.put(f"data/{name}.bin", _file(tmp_path / name, name * 1000))
    return store


@pytest.fixture
def cache(tmp_path: Path) -> ContentCache:
    return ContentCache(tmp_path / "cache", 1_000_000)


def _file(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def brought(cache: ContentCache, far: FarStore, target: Path, prefix: str = "data/") -> int:
    """Bring what is below `prefix` to a folder, as links; return how many files were fetched."""
    target.mkdir(exist_ok=True)

    def show(info: FileInfo, place: str) -> None:
        os.link(place, target / Path(info.path).name)

    return cache.bring(far, far.list_files(prefix), show)


def test_a_file_is_fetched_once_for_all_who_want_it_at_the_same_moment(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    ready = threading.Barrier(10)

    def job(number: int) -> None:
        ready.wait()
        brought(cache, far, tmp_path / f"job{number}")

    threads = [threading.Thread(target=job, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert far.asked["fetch"] == 3
    assert {(tmp_path / f"job{number}" / "a.bin").read_text() for number in range(10)} == {"a" * 1000}


def test_another_version_is_another_entry(cache: ContentCache, far: FarStore, tmp_path: Path) -> None:
    brought(cache, far, tmp_path / "one")
    far.put("data/b.bin", _file(tmp_path / "new", "other"), overwrite=True)
    assert brought(cache, far, tmp_path / "two") == 1
    assert (tmp_path / "two" / "b.bin").read_text() == "other"
    assert (tmp_path / "one" / "b.bin").read_text() == "b" * 1000


def test_a_held_file_that_a_script_altered_in_place_is_fetched_again(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    brought(cache, far, tmp_path / "one")
    shown = tmp_path / "one" / "a.bin"
    assert not shown.stat().st_mode & 0o222
    shown.chmod(0o644)
    shown.write_text("x" * 1000)
    assert brought(cache, far, tmp_path / "two") == 1
    assert (tmp_path / "two" / "a.bin").read_text() == "a" * 1000


def test_what_was_used_longest_ago_goes_when_the_cache_is_too_large(far: FarStore, tmp_path: Path) -> None:
    cache = ContentCache(tmp_path / "cache", 2500)
    for name in ("a", "b"):
        brought(cache, far, tmp_path / f"first-{name}", f"data/{name}")
    brought(cache, far, tmp_path / "again", "data/a")
    brought(cache, far, tmp_path / "third", "data/c")
    assert sum(entry.size for entry in cache.entries()) == 2000
    assert brought(cache, far, tmp_path / "last", "data/a") == 0
    assert brought(cache, far, tmp_path / "last", "data/b") == 1


def test_what_is_being_fetched_is_not_removed(cache: ContentCache, far: FarStore, tmp_path: Path) -> None:
    brought(cache, far, tmp_path / "one", "data/a")
    [entry] = cache.entries()
    with Path(entry.place + ".use").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert cache.trim(0) == 0
    assert cache.trim(0) == 1000
    assert (tmp_path / "one" / "a.bin").read_text() == "a" * 1000, "what a job shows lives as long as the job"


def test_what_a_killed_fetch_left_is_removed_when_it_has_not_grown_for_long(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    brought(cache, far, tmp_path / "one", "data/a")
    [entry] = cache.entries()
    dead, alive = (Path(entry.place).with_name(temporary_name()) for _ in range(2))
    dead.touch()
    os.utime(dead, (0, 0))
    alive.touch()
    cache.trim()
    assert (dead.exists(), alive.exists()) == (False, True)


def test_a_file_without_its_note_does_not_count_as_held(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    brought(cache, far, tmp_path / "one", "data/a")
    [entry] = cache.entries()
    Path(entry.place + ".use").write_text("")
    assert brought(cache, far, tmp_path / "two", "data/a") == 1


def test_a_file_that_was_replaced_since_it_was_listed_is_refused(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    listed = far.list_files("data/a")
    far.put("data/a.bin", _file(tmp_path / "new", "other"), overwrite=True)
    with pytest.raises(Conflict, match="another version"):
        cache.bring(far, listed, lambda _info, _place: None)


def test_more_than_fits_on_the_disk_is_refused_before_anything_is_fetched(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    brought(cache, far, tmp_path / "one", "data/a")
    enormous = FileInfo("data/b.bin", shutil.disk_usage(tmp_path).total, 0, "etag")
    with pytest.raises(StorageFull, match="do not fit"):
        cache.bring(far, [enormous], lambda _info, _place: None)
    assert far.asked["fetch"] == 1


def test_the_lock_that_a_failed_fetch_left_is_removed(
    cache: ContentCache, far: FarStore, tmp_path: Path
) -> None:
    infos = far.list_files("data/a")
    far.put("data/a.bin", _file(tmp_path / "new", "other"), overwrite=True)
    with pytest.raises(Conflict):
        cache.bring(far, infos, lambda _info, _place: None)
    [left] = cache.folder.glob("*/*")
    assert cache.entries() == []
    assert left.exists()  # somebody may be fetching
    os.utime(left, (0, 0))
    cache.trim()
    assert not left.exists()
