from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest, NotFound, StorageFull
from lazulite.storage.blobs import BlobStore


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def test_bytes_come_back_and_are_the_owners_only(blobs: BlobStore) -> None:
    digest = digest_of(b"code")
    blobs.put(digest, io.BytesIO(b"code"))
    with blobs.open(digest) as file:
        assert file.read() == b"code"
    place = blobs.path(digest)
    assert place.parent.name == digest[:2]
    assert place.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (place.parent, blobs.folder)} == {0o700}


def test_other_bytes_than_announced_are_refused_and_leave_nothing(blobs: BlobStore) -> None:
    digest = digest_of(b"code")
    with pytest.raises(InvalidRequest, match=digest):
        blobs.put(digest, io.BytesIO(b"other"))
    assert blobs.missing([digest]) == {digest}
    assert [path for path in blobs.folder.rglob("*") if path.is_file()] == []


def test_missing_takes_an_empty_file_for_missing_unless_it_is_the_empty_content(blobs: BlobStore) -> None:
    full, empty = digest_of(b"x"), digest_of(b"")
    blobs.put(full, io.BytesIO(b"x"))
    blobs.put(empty, io.BytesIO(b""))
    assert blobs.missing([full, empty, digest_of(b"y")]) == {digest_of(b"y")}
    blobs.path(full).write_bytes(b"")  # what a power cut leaves
    assert blobs.missing([full, empty]) == {full}
    blobs.put(full, io.BytesIO(b"x"))
    assert blobs.path(full).read_bytes() == b"x"


def test_add_file_stores_once(blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"same")
    assert blobs.add_file(tmp_path / "f") == blobs.add_file(tmp_path / "f") == digest_of(b"same")
    assert len([path for path in blobs.folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("digest", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_digest_reaches_no_path(blobs: BlobStore, digest: str) -> None:
    with pytest.raises(InvalidRequest):
        blobs.path(digest)


def test_an_unknown_blob_is_not_found(blobs: BlobStore) -> None:
    with pytest.raises(NotFound, match="a" * 64):
        blobs.open("a" * 64)


def test_many_threads_put_the_same_blob(blobs: BlobStore) -> None:
    data = os.urandom(200_000)
    threads = [threading.Thread(target=blobs.put, args=(digest_of(data), io.BytesIO(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_bytes() for path in blobs.folder.rglob("*") if path.is_file()] == [data]


def test_a_full_disk_is_named(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageFull, match="Code could not be stored"):
        blobs.put(digest_of(b"x"), io.BytesIO(b"x"))
    monkeypatch.undo()
    assert [path for path in blobs.folder.rglob("*") if path.is_file()] == []
