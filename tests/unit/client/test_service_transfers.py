"""Uploads and downloads of datastores on a server: what `storage.transfer` promises between folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.client.between import Between

from lazulite.api.service import Service
from lazulite.model.errors import InvalidRequest, PathEscapes, ServiceUnavailable, TransferFailed
from lazulite.sdk.data_files import files_on
from lazulite.sdk.service_files import ServiceFiles
from lazulite.storage.transfer import TransferProgress

pytestmark = pytest.mark.slow

BLOB = "workspaceblobstore"


@pytest.fixture
def store(service: Service, workspace: str) -> ServiceFiles:
    store = files_on(service, workspace, BLOB)
    assert isinstance(store, ServiceFiles)
    return store


def made(folder: Path, *names: str) -> list[tuple[Path, str]]:
    """Files with their path on the datastore, each with its own name as content."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
        os.utime(folder / name, ns=(10**18, 10**18))
    return [(folder / name, f"in/{name}") for name in names]


def test_many_files_there_and_back(store: ServiceFiles, tmp_path: Path) -> None:
    names = [f"{number % 7}/{number}.txt" for number in range(60)]
    seen: list[TransferProgress] = []
    sent = store.upload(made(tmp_path / "src", *names), progress=seen.append)
    total = sum(len(name) for name in names)
    assert (sent.copied, sent.skipped, sent.bytes) == (60, 0, total)
    assert (seen[-1].files_done, seen[-1].bytes_done, seen[-1].is_last) == (60, total, True)
    assert [info.mtime_ns for info in store.list("in/")] == [10**18] * 60
    got = store.download("in", tmp_path / "out", strip_prefix=True, progress=seen.append)
    assert (got.copied, got.bytes) == (60, total)
    for name in names:
        assert (tmp_path / "out" / name).read_text() == name
        assert (tmp_path / "out" / name).stat().st_mtime_ns == 10**18
    assert store.download("in/3/3", tmp_path / "whole").copied == 3  # a prefix is text, and the path is kept
    assert (tmp_path / "whole/in/3/3.txt").exists()


@pytest.mark.parametrize("count", [3, 40])
def test_files_that_are_there_are_skipped_or_replaced(
    store: ServiceFiles, tmp_path: Path, count: int
) -> None:
    pairs = made(tmp_path / "src", *[f"{number}.txt" for number in range(count)])
    store.upload(pairs[:2])
    pairs[0][0].write_text("new")
    again = store.upload(pairs)
    assert (again.copied, again.skipped) == (count - 2, 2)
    assert again.skipped_paths == tuple(str(path) for path, _ in pairs[:2])
    with store.open("in/0.txt") as stream:
        assert stream.read() == b"0.txt"
    assert store.upload(pairs[:1], overwrite=True).copied == 1
    (tmp_path / "out").mkdir()
    (tmp_path / "out/0.txt").write_text("mine")
    got = store.download("in", tmp_path / "out", strip_prefix=True)
    assert (got.skipped_paths, got.copied) == (("in/0.txt",), count - 1)
    assert (tmp_path / "out/0.txt").read_text() == "mine"
    store.download("in", tmp_path / "out", overwrite=True, strip_prefix=True)
    assert (tmp_path / "out/0.txt").read_text() == "new"


def test_connections_that_break_cost_the_file_under_way(
    store: ServiceFiles, proxy: Between, tmp_path: Path
) -> None:
    pairs = made(tmp_path / "src", "a", "b")
    proxy.plan = ["pass", "pass", "drop", "drop"]  # two looks, then two uploads whose answers are lost
    sent = store.upload(pairs)
    assert (sent.copied, sent.skipped, sent.bytes) == (2, 0, 2)
    assert len(store.list()) == 2
    (tmp_path / "large").write_bytes(os.urandom(2_000_000))
    store.upload([(tmp_path / "large", "large")])
    proxy.plan = ["pass", "cut", "cut"]  # the listing, then the file
    assert store.download("large", tmp_path / "out").bytes == 2_000_000
    assert (tmp_path / "out/large").read_bytes() == (tmp_path / "large").read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["large"]


def test_a_server_that_stays_away_ends_it(
    store: ServiceFiles, proxy: Between, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lazulite.sdk.transfer_work._PAUSES", (0.01,))
    monkeypatch.setattr("lazulite.client.connection._PAUSES", (0.01,))
    proxy.plan = ["pass"] * 2 + ["refuse"] * 50
    with pytest.raises(ServiceUnavailable):
        store.upload(made(tmp_path / "src", "a", "b"))
    proxy.plan = []


def test_every_failure_has_its_name(store: ServiceFiles, tmp_path: Path) -> None:
    pairs = made(tmp_path / "src", "a", "b", "c")
    os.mkfifo(tmp_path / "src/pipe")
    store.upload([(pairs[1][0], "in/b/below")])  # a folder where a file is to go
    wanted = [*pairs, (tmp_path / "src/gone", "gone"), (tmp_path / "src/pipe", "pipe")]
    with pytest.raises(TransferFailed) as caught:
        store.upload(wanted, overwrite=True)
    assert {Path(name).name for name in caught.value.failures} == {"b", "gone", "pipe"}
    assert [info.path for info in store.list()] == ["in/a", "in/b/below", "in/c"]
    (tmp_path / "out/in/a").mkdir(parents=True)
    with pytest.raises(TransferFailed) as caught:
        store.download(None, tmp_path / "out")
    assert set(caught.value.failures) == {"in/a"}


def test_nothing_is_sent_of_what_cannot_be(store: ServiceFiles, tmp_path: Path) -> None:
    pairs = made(tmp_path / "src", "a", "b")
    with pytest.raises(PathEscapes):
        store.upload([pairs[0], (pairs[1][0], "../b")])
    with pytest.raises(InvalidRequest):
        store.upload([(path, "same") for path, _ in pairs])
    assert store.list() == ()


def test_what_a_listener_raises_ends_the_transfer(store: ServiceFiles, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def listen(progress: TransferProgress) -> None:
        raise Enough

    with pytest.raises(Enough):
        store.upload(made(tmp_path / "src", "a"), progress=listen)
