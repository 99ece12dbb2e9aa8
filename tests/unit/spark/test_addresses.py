"""Where Databricks' addresses lead on this machine, and what `dbutils.fs` does there."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest, NotFound, PathEscapes
from lazulite.worker.tasks.spark.addresses import Addresses
from lazulite.worker.tasks.spark.dbutils import Files
from lazulite.worker.tasks.spark.filesystems import settings_of


@pytest.fixture
def addresses(tmp_path: Path) -> Addresses:
    for name in ("dbfs", "raw", "work"):
        (tmp_path / name).mkdir()
    blob = Datastore("raw", folder=str(tmp_path / "raw"), container_name="raw", account_name="acme")
    away = Datastore("away", type="azure_blob", container_name="c", account_name="acme")
    return Addresses(tmp_path / "dbfs", [blob, away], [tmp_path / "work", tmp_path / "work" / "inner"])


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ("dbfs:/a/b", "dbfs/a/b"),
        ("dbfs:///a", "dbfs/a"),
        ("/a", "dbfs/a"),
        ("a", "dbfs/a"),
        ("/dbfs/a", "dbfs/a"),
        ("dbfs:/", "dbfs"),
        ("wasbs://raw@acme.blob.core.windows.net/x/y", "raw/x/y"),
        ("wasb://raw@acme.blob.core.windows.net", "raw"),
        ("abfss://raw@acme.dfs.core.windows.net/x", "raw/x"),
        ("adl://acme.azuredatalakestore.net/x", "raw/x"),
    ],
)
def test_addresses_lead_to_folders(addresses: Addresses, tmp_path: Path, given: str, there: str) -> None:
    assert addresses.path_of(given) == tmp_path / there


def test_local_paths_stay_local(addresses: Addresses, tmp_path: Path) -> None:
    assert addresses.path_of(f"{tmp_path}/work/x") == tmp_path / "work" / "x"
    assert addresses.path_of(f"file:{tmp_path}/else") == tmp_path / "else"


def test_what_leads_out_or_nowhere_is_refused(addresses: Addresses) -> None:
    with pytest.raises(PathEscapes):
        addresses.path_of("wasbs://raw@acme.blob.core.windows.net/../work")
    with pytest.raises(NotFound, match="wasbs://raw@acme"):
        addresses.path_of("wasbs://other@acme.blob.core.windows.net/x")
    assert addresses.path_of("dbfs:/../../etc") == addresses.dbfs / "etc"


def test_a_mount_shows_another_place(addresses: Addresses, tmp_path: Path) -> None:
    changes: list[int] = []
    files = Files(addresses, lambda: changes.append(1))
    (tmp_path / "raw" / "a.csv").write_text("x,y\n", encoding="utf-8")
    files.mount(
        source="wasbs://raw@acme.blob.core.windows.net/", mount_point="/mnt/raw", extra_configs={"k": "v"}
    )
    assert [(f.path, f.name, f.size) for f in files.ls("/mnt/raw")] == [("dbfs:/mnt/raw/a.csv", "a.csv", 4)]
    assert files.head("dbfs:/mnt/raw/a.csv") == "x,y\n"
    assert files.mounts()[0].mountPoint == "/mnt/raw"
    with pytest.raises(InvalidRequest, match="already mounted"):
        files.mount(source="/x", mount_point="/mnt/raw")
    settings = settings_of(addresses)
    assert settings["fs.viewfs.mounttable.default.link./mnt/raw"] == (tmp_path / "raw").as_uri()
    files.unmount("/mnt/raw")
    assert changes == [1, 1]
    with pytest.raises(InvalidRequest, match="not mounted"):
        files.unmount("/mnt/raw")


def test_spark_gets_no_place_in_a_place(addresses: Addresses, tmp_path: Path) -> None:
    links = [name for name in settings_of(addresses) if ".default.link." in name]
    assert links == [f"fs.viewfs.mounttable.default.link.{tmp_path}/work"]


def test_files_are_written_copied_moved_and_deleted(addresses: Addresses, tmp_path: Path) -> None:
    files = Files(addresses, lambda: None)
    files.mkdirs("/in")
    files.put("/in/a.txt", "hello")
    with pytest.raises(InvalidRequest, match="exists already"):
        files.put("/in/a.txt", "again")
    files.put("/in/a.txt", "again", True)
    files.cp("/in/a.txt", "wasbs://raw@acme.blob.core.windows.net/b.txt")
    assert (tmp_path / "raw" / "b.txt").read_text(encoding="utf-8") == "again"
    with pytest.raises(InvalidRequest, match="recurse=True"):
        files.cp("/in", "/out")
    with pytest.raises(InvalidRequest, match="lies in it"):
        files.cp("/in", "/in/deeper", True)
    files.mv("/in", "/out", True)
    assert [entry.name for entry in files.ls("/out")] == ["a.txt"]
    assert not (tmp_path / "dbfs" / "in").exists()
    with pytest.raises(InvalidRequest, match="not empty"):
        files.rm("/out")
    assert files.rm("/out", True)
    assert not files.rm("/out", True)
    with pytest.raises(InvalidRequest, match="root"):
        files.rm("dbfs:/", True)
    with pytest.raises(NotFound, match="does not exist"):
        files.ls("/out")
