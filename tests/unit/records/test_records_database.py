"""The SQLite file: its rights, its versions, and what is said when it cannot be used."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text
from tests.permissions import modes_count
from tests.unit.records.samples import run

from lazulite.model.assets import Workspace
from lazulite.model.errors import Corrupt, InvalidRequest, ServiceUnavailable, StorageError
from lazulite.model.run import RunQuery
from lazulite.records import migrations, sqlite
from lazulite.records.database import Database, open_records


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a" / "home"


def test_home_and_file_are_for_their_owner_only(home: Path) -> None:
    records = open_records(home)
    records.add_workspace(Workspace("", "w", "s", "g"))
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for file in home.iterdir():  # the log files too
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    records.close()
    assert [file.name for file in home.iterdir()] == ["lazulite.db"]


def test_closing_is_not_the_end(home: Path) -> None:
    records = open_records(str(home))
    records.close()
    records.close()
    assert records.workspaces() == ()
    records.close()


def test_the_url_of_a_file_is_as_good_as_its_folder(home: Path) -> None:
    open_records(home).close()
    records = open_records(f"sqlite:///{home}/lazulite.db")
    assert records.workspaces() == ()
    records.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "nonsense://x", "://"])
def test_urls_that_cannot_be_used_are_refused(url: str) -> None:
    with pytest.raises(InvalidRequest):
        open_records(url)


def test_a_file_that_is_no_database_is_named(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "lazulite.db").write_bytes(b"this is a text, long enough to be taken for a header of a file" * 20)
    with pytest.raises(Corrupt, match=r"lazulite\.db is damaged .* move the file away"):
        open_records(home)


def test_a_damaged_page_is_named_when_it_is_read(home: Path) -> None:
    records = open_records(home)
    ws = records.add_workspace(Workspace("", "w", "s", "g")).id
    records.add_run(run(ws, description="x" * 100_000))
    records.close()
    file = home / "lazulite.db"
    content = bytearray(file.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)  # the schema's page stays
    file.write_bytes(bytes(content))
    with pytest.raises(Corrupt, match=r"lazulite\.db is damaged"):
        open_records(home).runs(ws, RunQuery())


def test_a_database_of_others_is_left_alone(home: Path) -> None:
    home.mkdir(parents=True)
    with sqlite3.connect(home / "lazulite.db") as raw:
        raw.execute("CREATE TABLE songs (name TEXT)")
    raw.close()
    with pytest.raises(Corrupt, match=r"was not made by Lazulite \(its tables: songs\)"):
        open_records(home)


def test_a_newer_database_is_refused_untouched(home: Path) -> None:
    open_records(home).close()
    raw = sqlite3.connect(home / "lazulite.db")
    raw.execute("UPDATE schema_version SET version = 99")
    raw.commit()
    raw.close()
    with pytest.raises(
        Corrupt, match=r"schema has version 99, and this one knows versions up to \d+\. Install"
    ):
        open_records(home)


def test_older_databases_go_through_the_steps_they_lack(home: Path) -> None:
    open_records(home).close()
    applied: list[int] = []

    def step(number: int) -> migrations.Step:
        def apply(connection: Connection) -> None:
            connection.execute(text(f"CREATE TABLE new_{number} (x INTEGER)"))
            applied.append(number)

        return apply

    database = Database(sqlite.url_of_home(home))
    start = len(migrations.STEPS)
    with database.write() as connection:
        migrations.migrate(connection, (*migrations.STEPS, step(1), step(2)))
    with database.write() as connection:
        migrations.migrate(connection, (*migrations.STEPS, step(1), step(2), step(3)))
        assert migrations.is_current(connection, [step(0)] * (start + 3))
        assert {"new_1", "new_2", "new_3"} <= set(inspect(connection).get_table_names())
    assert applied == [1, 2, 3]
    database.close()


def test_a_database_of_version_one_gets_the_index_it_lacks(home: Path) -> None:
    open_records(home).close()
    database = Database(sqlite.url_of_home(home))
    with database.write() as connection:
        connection.execute(text("DROP INDEX runs_of_kind"))
        connection.execute(text("UPDATE schema_version SET version = 1"))
    open_records(home).close()
    with database.read() as connection:
        assert "runs_of_kind" in {index["name"] for index in inspect(connection).get_indexes("runs")}
        assert migrations.is_current(connection)
    database.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(home: Path) -> None:
    open_records(home).close()

    def fails(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (x INTEGER)"))
        raise RuntimeError("no")

    database = Database(sqlite.url_of_home(home))
    with pytest.raises(RuntimeError), database.write() as connection:
        migrations.migrate(connection, (*migrations.STEPS, fails))
    with database.read() as connection:
        assert "half" not in inspect(connection).get_table_names()
        assert migrations.is_current(connection)
    database.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be opened: Not a directory"):
        open_records(tmp_path / "file" / "home")


def test_a_read_only_home_is_named(home: Path) -> None:
    open_records(home).close()
    (home / "lazulite.db").chmod(0o400)
    with modes_count(), pytest.raises(StorageError, match="cannot be opened"):
        open_records(home)


def test_a_lock_held_for_too_long_is_explained(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.1)
    records = open_records(home)
    raw = sqlite3.connect(home / "lazulite.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceUnavailable, match="Another program has kept the database"):
        records.add_workspace(Workspace("", "w", "s", "g"))
    assert records.workspaces() == ()  # readers go on
    raw.close()
    records.close()


def test_the_change_counter_sees_changes_of_this_process_and_of_others(home: Path) -> None:
    records, elsewhere = open_records(home), open_records(home)
    seen = records.data_version()
    assert records.data_version() == seen
    elsewhere.add_workspace(Workspace("", "a", "s", "g"))
    after = records.data_version()
    assert after != seen
    records.add_workspace(Workspace("", "b", "s", "g"))
    assert records.data_version() != after
    from_thread: list[int] = []
    thread = threading.Thread(target=lambda: from_thread.append(records.data_version()))
    thread.start()
    thread.join()
    assert from_thread == [records.data_version()]
    records.close()
    elsewhere.close()


def test_a_late_reader_does_not_bring_a_removed_home_back(home: Path) -> None:
    records = open_records(home)
    records.close()
    shutil.rmtree(home)
    with pytest.raises(StorageError, match="cannot be opened"):
        records.workspaces()
    assert not home.exists()
