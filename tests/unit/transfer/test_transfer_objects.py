"""Transfers between folders, databases and an Azure container, which Azurite keeps."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.azurite import Azurite
from tests.unit.transfer.conftest import Transfers

from lazulite.model.job import OutcomeStatus
from lazulite.storage.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def blobs(transfers: Transfers, azurite: Azurite) -> Store:
    return transfers.elsewhere(azurite.datastore("blobs"))


@pytest.fixture
def here(transfers: Transfers) -> Path:
    folder = transfers.folder("here")
    (folder / "raw" / "deep").mkdir(parents=True)
    (folder / "raw" / "a.csv").write_text("a")
    (folder / "raw" / "deep" / "b").write_bytes(os.urandom(9 << 20))
    return folder


def names(store: Store) -> dict[str, int]:
    return {info.path: info.size for info in store.list_files()}


def test_from_a_folder_to_a_container_to_another_and_back(
    transfers: Transfers, azurite: Azurite, blobs: Store, here: Path
) -> None:
    other = transfers.elsewhere(azurite.datastore("other"))
    sizes = {"x/a.csv": 1, "x/deep/b": 9 << 20}
    assert transfers.run(("here", "raw"), ("blobs", "x")).metrics["files"] == 2
    assert names(blobs) == sizes
    assert transfers.run(("blobs", ""), ("other", "")).metrics["bytes"] == (9 << 20) + 1
    assert names(other) == sizes
    outcome = transfers.run_as_job(("other", "x"), ("here", "back"))
    assert outcome.status is OutcomeStatus.COMPLETED, outcome
    assert (here / "back/deep/b").read_bytes() == (here / "raw/deep/b").read_bytes()
    assert sorted(path.name for path in (here / "back").rglob("*")) == ["a.csv", "b", "deep"]


def test_the_same_name_as_file_and_directory(transfers: Transfers, blobs: Store, tree) -> None:
    for path in ("data", "data/x", "data.csv"):
        blobs.put(path, io.BytesIO(path.encode()))
    there = transfers.folder("there")
    assert "Say which one is meant" in transfers.run(("blobs", "data"), ("there", "y")).message
    transfers.run(("blobs", "data"), ("there", "file"), from_={"type": "file"})
    transfers.run(("blobs", "data"), ("there", "folder"), from_={"type": "directory"})
    assert tree(there) == {"file": "data", "folder/x": "data/x"}
    onto = transfers.run(("there", "file"), ("blobs", "data"))
    assert "destination_reference_type='file' or 'directory'" in onto.message
    transfers.run(("there", "file"), ("blobs", "data"), to={"type": "directory"})
    assert names(blobs) == {"data": 4, "data.csv": 8, "data/file": 4, "data/x": 6}


def test_rows_to_a_container_and_back(transfers: Transfers, blobs: Store, sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO numbers VALUES (1), (NULL)")
    transfers.run(("lite", "numbers"), ("blobs", "out/numbers.csv"), from_={"table": "numbers"})
    with blobs.open_file("out/numbers.csv") as file:
        assert file.read() == b"n\n1\n\n"
    ran = transfers.run(("blobs", "out/numbers.csv"), ("lite", "numbers"), to={"table": "numbers"})
    assert ran.metrics["rows"] == 2


def test_a_wrong_key_is_told_at_once(transfers: Transfers, azurite: Azurite, here: Path) -> None:
    record = azurite.datastore("blobs", secret='{"account_key": "d3Jvbmc="}')
    transfers.elsewhere(record)
    ran = transfers.run(("here", "raw"), ("blobs", "x"))
    assert ran.code == "StorageError"
    assert "d3Jvbmc" not in ran.message + ran.printed
