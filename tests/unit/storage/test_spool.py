"""A datastore elsewhere and its spool, seen as one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lazulite.model.errors import Conflict, NotFound
from lazulite.storage.remote.failures import Unreachable
from lazulite.storage.spool import SpooledStore, leave, mend, run_folders
from lazulite.testing.far_store import FarStore

RUNS = "azureml/ExperimentRun"


@pytest.fixture
def far(tmp_path: Path) -> FarStore:
    return FarStore(tmp_path / "far")


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def store(far: FarStore, spool: Path) -> SpooledStore:
    for run in ("done", "old"):
        far.put(f"{RUNS}/dcid.{run}/logs/log.txt", io.BytesIO(run.encode()))
    folder = spool / RUNS / "dcid.live" / "logs"
    folder.mkdir(parents=True)
    (folder / "log.txt").write_text("live")
    return SpooledStore(far, spool)


def read(store: SpooledStore, run: str) -> bytes:
    with store.open_file(f"{RUNS}/dcid.{run}/logs/log.txt") as file:
        return file.read()


def test_runs_of_both_are_found_in_every_way(store: SpooledStore) -> None:
    names = ["dcid.done", "dcid.live", "dcid.old"]
    assert [read(store, run) for run in ("done", "live")] == [b"done", b"live"]
    assert [entry.name for entry in store.list_folder(RUNS)] == names
    assert [entry.name for entry in store.list_folder(RUNS, limit=2)] == names[:2]
    assert [entry.name for entry in store.list_folder("azureml")] == ["ExperimentRun"]
    assert [entry.name for entry in store.list_folder()] == ["azureml"]
    files = [f"{RUNS}/{name}/logs/log.txt" for name in names]
    assert [info.path for info in store.list_files()] == files
    assert [info.path for info in store.list_files(f"{RUNS}/dcid.", limit=1, after=files[0])] == [files[1]]
    assert [info.path for info in store.list_files(f"{RUNS}/dcid.live/")] == [files[1]]
    assert store.look_at(f"{RUNS}/dcid.live") is not None
    assert store.look_at(f"{RUNS}/dcid.none") is None


def test_a_run_in_the_spool_needs_no_answer_from_its_datastore(store: SpooledStore, far: FarStore) -> None:
    far.is_down = True
    assert read(store, "live") == b"live"
    assert [entry.name for entry in store.list_folder(f"{RUNS}/dcid.live")] == ["logs"]
    store.put(f"{RUNS}/dcid.live/note.txt", io.BytesIO(b"kept"))
    assert len(store.list_files(f"{RUNS}/dcid.live/")) == 2
    with pytest.raises(Unreachable):
        read(store, "done")


def test_what_is_put_to_a_run_goes_where_the_run_is(store: SpooledStore, far: FarStore, spool: Path) -> None:
    for run in ("live", "done"):
        store.put(f"{RUNS}/dcid.{run}/outputs/x", io.BytesIO(b"x"))
        with pytest.raises(Conflict):
            store.put(f"{RUNS}/dcid.{run}/outputs/x", io.BytesIO(b"x"))
    assert (spool / RUNS / "dcid.live" / "outputs" / "x").exists()
    assert far.look_at(f"{RUNS}/dcid.live") is None
    assert far.look_at(f"{RUNS}/dcid.done/outputs/x") is not None


def test_a_run_that_leaves_the_spool_while_it_is_read_is_read_from_its_datastore(
    store: SpooledStore, far: FarStore, spool: Path
) -> None:
    far.put(f"{RUNS}/dcid.live/logs/log.txt", io.BytesIO(b"sent"))
    assert leave(spool / RUNS / "dcid.live", lambda _: read(store, "live") == b"sent")
    assert read(store, "live") == b"sent"
    assert [entry.name for entry in store.list_folder(RUNS)] == ["dcid.done", "dcid.live", "dcid.old"]
    assert list(run_folders(spool)) == []


def test_a_run_to_which_somebody_wrote_until_it_left_stays(store: SpooledStore, spool: Path) -> None:
    assert not leave(spool / RUNS / "dcid.live", lambda _: False)
    assert read(store, "live") == b"live"


class Killed(BaseException):
    pass


def test_a_run_whose_leaving_was_cut_short_is_back_in_the_spool(store: SpooledStore, spool: Path) -> None:
    def die(_: Path) -> bool:
        raise Killed

    with pytest.raises(Killed):
        leave(spool / RUNS / "dcid.live", die)
    with pytest.raises(NotFound):
        read(store, "live")
    mend(spool)
    assert read(store, "live") == b"live"


def test_removing_a_run_removes_it_from_both(store: SpooledStore, far: FarStore, spool: Path) -> None:
    far.put(f"{RUNS}/dcid.live/logs/log.txt", io.BytesIO(b"sent"))
    store.remove(f"{RUNS}/dcid.live")
    assert far.look_at(f"{RUNS}/dcid.live") is None
    assert not (spool / RUNS / "dcid.live").exists()
    with pytest.raises(NotFound):
        store.remove(f"{RUNS}/dcid.live")


def test_a_run_that_stays_is_put_back_beside_what_was_written_in_its_place(
    store: SpooledStore, spool: Path
) -> None:
    folder = spool / RUNS / "dcid.live"

    def write_meanwhile(_: Path) -> bool:
        (folder / "outputs").mkdir(parents=True)
        (folder / "outputs" / "late.txt").write_text("late")
        return False

    assert not leave(folder, write_meanwhile)
    assert read(store, "live") == b"live"
    assert (folder / "outputs" / "late.txt").read_text() == "late"
    assert [one.name for one in (spool / RUNS).iterdir()] == ["dcid.live"]
