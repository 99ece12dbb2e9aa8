"""Stores on another machine when something is wrong: one clear message, nothing half, nothing lost, no secret told."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests import azurite as azurite_server
from tests import seaweed as seaweed_server
from tests.azurite import Azurite, free_port
from tests.contract.test_stores import share_at
from tests.seaweed import Seaweed
from tests.stores import opened

from lazulite.model.assets import Datastore
from lazulite.model.errors import Conflict, InvalidRequest, StorageError, StorageFull, TransferFailed
from lazulite.storage import meter
from lazulite.storage.meter import TransferProgress
from lazulite.storage.remote.failures import StoreUnusable, Unreachable
from lazulite.storage.remote.s3 import S3Bucket
from lazulite.testing import azure_files_server
from lazulite.testing.databricks_refusals import Refused
from lazulite.testing.databricks_server import LoopbackDatabricks

pytestmark = pytest.mark.slow

_MB = 1 << 20


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to upload."""
    place = tmp_path / "file"
    place.write_bytes(b"data")
    return place


def refused(record: Datastore, file: Path) -> str:
    """What is said of an upload with a record that is wrong, after nothing was told of its secret."""
    with pytest.raises(StoreUnusable) as error:
        opened(record).upload([(file, "a"), (file, "b")])
    text = f"{error.value.message} {error.value.details} {error.value.__cause__}"
    for secret in json.loads(record.secret or "{}").values():
        assert secret not in text
    assert f"'{record.name}'" in error.value.message
    return error.value.message


def test_a_wrong_key(azurite: Azurite, seaweed: Seaweed, file: Path) -> None:
    key = base64.b64encode(b"k" * 64).decode()
    record = azurite.datastore("blobs")
    assert "account key is wrong" in refused(replace(record, secret=json.dumps({"account_key": key})), file)
    assert opened(record).list_files() == ()
    keys = {"access_key_id": seaweed_server.ACCESS_KEY, "secret_access_key": "wrong-secret"}
    assert "keys are wrong" in refused(seaweed.datastore("objects", secret=json.dumps(keys)), file)
    with pytest.raises(InvalidRequest, match="lacks 'account_key'"):
        opened(replace(record, secret=""))


def test_a_missing_container(azurite: Azurite, seaweed: Seaweed, file: Path) -> None:
    assert "no container 'nowhere'" in refused(azurite.datastore("blobs", "nowhere"), file)
    assert "no bucket 'nowhere'" in refused(seaweed.datastore(container_name="nowhere"), file)


def sas(azurite: Azurite, container: str, ends: timedelta) -> str:
    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    made: str = generate_container_sas(
        azurite_server.ACCOUNT,
        container,
        azurite_server.KEY,
        permission=ContainerSasPermissions(read=True, list=True),
        expiry=datetime.now(timezone.utc) + ends,
    )
    return made


def test_a_sas_that_has_ended_or_does_not_permit_it(azurite: Azurite, file: Path) -> None:
    container = azurite.container()
    for ends, words in ((timedelta(minutes=-5), "ended at"), (timedelta(hours=1), "does not permit")):
        token = sas(azurite, container, ends)
        record = azurite.datastore("b", container, auth="sas", secret=json.dumps({"sas_token": token}))
        assert words in refused(record, file)
    opened(azurite.datastore("b", container)).put("there", file)
    assert [info.path for info in opened(record).list_files()] == ["there"]


def test_a_bucket_is_made_where_it_is_missing(seaweed: Seaweed, file: Path) -> None:
    record = seaweed.datastore(container_name="made-here", options={"prefix": "below/this"})
    bucket = opened(record)
    assert isinstance(bucket, S3Bucket)
    assert [bucket.create_container() for _ in range(2)] == [True, False]
    assert bucket.put("a", file).size == 4
    keys = json.dumps({"access_key_id": seaweed_server.ACCESS_KEY, "secret_access_key": "wrong-secret"})
    for other in (replace(record, secret=keys), replace(record, auth="anonymous", secret="")):
        wrong = opened(replace(other, container_name="not-made"))
        assert isinstance(wrong, S3Bucket)
        with pytest.raises(StoreUnusable, match="keys are wrong"):
            wrong.create_container()
    names = {one["Name"] for one in seaweed.client().list_buckets()["Buckets"]}
    assert names == {"tests", "made-here"}


@pytest.mark.parametrize(
    "changes",
    [
        {"container_name": "a b"},
        {"container_name": ""},
        {"account_name": "a\nb"},
        {"endpoint": "http://"},
        {"endpoint": "http://[bad"},
        {"endpoint": "host:abc"},
        {"endpoint": "ftp://host"},
        {"endpoint": "ünï.example"},
        {"protocol": "gopher"},
        {"options": {"retry_seconds": "nan"}},
        {"options": {"retry_seconds": "soon"}},
        {"options": {"region": "x y"}},
        {"options": {"prefix": "../x"}},
        {"options": {"prefix": "a\tb"}},
    ],
)
def test_an_address_that_can_be_none_is_refused_before_a_library_gets_it(changes: dict[str, Any]) -> None:
    for kind in ("azure_blob", "azure_file", "s3"):
        parts = {"container_name": "data", "account_name": "account", **changes}
        with pytest.raises(InvalidRequest, match="datastore 'far'"):
            opened(Datastore("far", type=kind, auth="anonymous", **parts))


def test_nobody_at_the_address(file: Path) -> None:
    for kind in ("azure_blob", "s3"):
        record = Datastore(
            "far",
            type=kind,
            container_name="data",
            account_name="account",
            protocol="http",
            endpoint=f"127.0.0.1:{free_port()}",
            auth="anonymous",
            options={"retry_seconds": "0.3"},
        )
        assert "cannot be reached" in refused(record, file)


def test_a_server_that_is_killed_in_the_middle_of_an_upload_and_of_a_download(
    azurite: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter, "_SECONDS_BETWEEN", 0)
    record = azurite.datastore()
    store = opened(record)
    azurite.wait_until_saved(record.container_name)
    source = tmp_path / "source"
    source.write_bytes(os.urandom(_MB) * 24)
    killed = threading.Event()

    def kill_once(told: TransferProgress) -> None:
        if not killed.is_set() and not told.is_last:
            killed.set()
            azurite.kill()
            threading.Timer(0.3, azurite.start).start()

    result = store.upload([(source, "in/a")], progress=kill_once)
    assert killed.is_set()
    assert (result.copied, result.skipped) == (1, 0)
    assert [(one.path, one.size) for one in store.list_files()] == [("in/a", 24 * _MB)]
    azurite.wait_until_saved("in/a")
    killed.clear()
    store.download("in/", tmp_path / "down", progress=kill_once)
    assert killed.is_set()
    assert (tmp_path / "down/in/a").read_bytes() == source.read_bytes()
    with store.open_file("in/a") as stream:
        start = stream.read(_MB)
        azurite.kill()
        azurite.start()
        assert start + stream.read() == source.read_bytes()


def test_names_that_cannot_both_be_on_a_disk(azurite: Azurite, file: Path, tmp_path: Path) -> None:
    store = opened(azurite.datastore())
    for path in ("in/a", "in/a/b", "in/c"):
        store.put(path, file)
    with pytest.raises(TransferFailed, match="only one of them can be") as failed:
        store.download("in/", tmp_path / "down")
    assert set(failed.value.failures) == {"in/a/b"}
    assert sorted(one.name for one in (tmp_path / "down/in").iterdir()) == ["a", "c"]
    assert len(store.list_files()) == 3


def test_names_that_no_disk_can_keep(azurite: Azurite, tmp_path: Path) -> None:
    store = opened(azurite.datastore())
    long = "n" * 300
    container = store.client()  # type: ignore[attr-defined]  # what other programs put there
    for name in (long, "fine"):
        container.upload_blob(name, b"x")
    with pytest.raises(TransferFailed, match="too long") as failed:
        store.download(None, tmp_path / "down")
    assert set(failed.value.failures) == {long}
    assert (tmp_path / "down/fine").read_bytes() == b"x"


def test_a_name_that_cannot_be_read_is_told_at_once_and_is_in_the_way_of_nothing_else(
    azurite: Azurite, seaweed: Seaweed, file: Path
) -> None:
    record = azurite.datastore()
    store = opened(record)
    store.client().upload_blob("in//b", b"x")  # type: ignore[attr-defined]
    buckets = seaweed.datastore()
    bucket = opened(buckets)
    seaweed.client().put_object(
        Bucket=buckets.container_name, Key=f"{buckets.options['prefix']}/in/a\tb", Body=b"x"
    )
    for one in (store, bucket):
        assert one.upload([(file, "fine/a"), (file, "fine/b")]).copied == 2
        assert [info.path for info in one.list_files("fine/")] == ["fine/a", "fine/b"]
        assert one.version("fine").files == 2
        with pytest.raises(StorageError, match="cannot read") as error:
            one.list_files()
        assert not isinstance(error.value, StoreUnusable)  # nobody asks again for minutes


@pytest.mark.parametrize("name", ["tab\tbed", "no unicode \udcff"])
def test_a_name_that_a_container_cannot_keep_fails_alone(azurite: Azurite, file: Path, name: str) -> None:
    store = opened(azurite.datastore())
    other = file.with_name("other")
    other.write_bytes(b"o" * 5 * _MB)
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        store.put(name, other)
    with pytest.raises(TransferFailed, match="cannot be a name") as failed:
        store.upload([(file, name), (other, "fine")])
    assert set(failed.value.failures) == {str(file)}
    assert [info.path for info in store.list_files()] == ["fine"]


def test_a_share_that_loses_the_answer_to_the_last_step(file: Path) -> None:
    with azure_files_server.serving() as (host, share):
        store = opened(share_at(host))
        for overwrite in (False, True):
            share.lost.append("rename")
            assert store.put("in/a", file, overwrite).size == 4
            assert not share.lost
        assert sorted(share.files) == ["in/a"]


def test_dbfs_keeps_the_old_file_until_the_new_one_is_there(file: Path) -> None:
    with LoopbackDatabricks.started() as workspace:
        store = opened(
            Datastore("dbfs", type="dbfs", endpoint=workspace.host, auth="token", options={"retry_seconds": "0"},
                      secret=json.dumps({"token": workspace.token}))
        )  # fmt: skip
        store.put("in/a", file)
        file.write_bytes(b"newer")

        def move(body: Mapping[str, Any]) -> dict[str, Any]:
            if body["destination_path"] == "/in/a" and workspace.dbfs.files[body["source_path"]] == b"newer":
                raise Refused(503, "TEMPORARILY_UNAVAILABLE", "Later.")
            return workspace.dbfs.move(body)

        workspace.answers("POST", "dbfs/move", move)
        with pytest.raises(Unreachable):
            store.put("in/a", file, overwrite=True)
        assert workspace.dbfs.files == {"/in/a": b"data"}
        workspace.answers("POST", "dbfs/move", workspace.dbfs.move)
        store.put("in/a", file, overwrite=True)
        assert workspace.dbfs.files == {"/in/a": b"newer"}


def test_what_other_tools_leave_for_empty_folders(azurite: Azurite, seaweed: Seaweed, tmp_path: Path) -> None:
    store = opened(azurite.datastore())
    container = store.client()  # type: ignore[attr-defined]
    container.upload_blob("hadoop", b"", metadata={"hdi_isfolder": "true"})
    container.upload_blob("full", b"", metadata={"hdi_isfolder": "true"})
    container.upload_blob("full/x", b"1")
    container.upload_blob("empty.txt", b"")
    assert [info.path for info in store.list_files()] == ["empty.txt", "full/x"]
    names = [(entry.name, entry.is_directory) for entry in store.list_folder()]
    assert names == [("empty.txt", False), ("full", True), ("hadoop", True)]
    assert store.list_folder("hadoop") == ()
    found = store.look_at("hadoop")
    assert found is not None
    assert found.is_directory
    assert store.version("hadoop").files == 0
    assert store.download(None, tmp_path / "down").copied == 2
    store.remove("hadoop")
    assert store.look_at("hadoop") is None
    buckets = seaweed.datastore()
    bucket = opened(buckets)
    for key in ("made/", "with/", "with/x"):
        seaweed.client().put_object(
            Bucket=buckets.container_name, Key=f"{buckets.options['prefix']}/{key}", Body=b""
        )
    assert [info.path for info in bucket.list_files()] == ["with/x"]
    assert [(entry.name, entry.is_directory) for entry in bucket.list_folder()] == [
        ("made", True),
        ("with", True),
    ]
    assert bucket.list_folder("made") == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills(azurite: Azurite, tmp_path: Path, small_disk: Path) -> None:
    store = opened(azurite.datastore())
    for name, size in (("a", 100), ("b", 9 * _MB)):
        source = tmp_path / name
        source.write_bytes(b"x" * size)
        store.put(name, source)
    with pytest.raises(StorageFull, match="Delete files there"):
        store.download(None, small_disk)
    assert [(one.name, one.stat().st_size) for one in small_disk.iterdir()] == [("a", 100)]
    with pytest.raises(StorageFull):
        store.fetch_file("b", small_disk / "b")
    assert [one.name for one in small_disk.iterdir()] == ["a"]


def test_a_file_that_changes_while_it_is_read(azurite: Azurite, tmp_path: Path) -> None:
    store = opened(azurite.datastore())
    source = tmp_path / "source"
    source.write_bytes(b"1" * 20 * _MB)
    store.put("a", source)
    (first,) = store.list_files()
    source.write_bytes(b"2" * 20 * _MB)
    changed = threading.Event()

    def change(_told: TransferProgress) -> None:
        if not changed.is_set():
            changed.set()
            store.put("a", source, overwrite=True)

    store.download("a", tmp_path / "down", progress=change)
    assert changed.is_set()
    assert (tmp_path / "down/a").read_bytes().count(b"2") in {0, 20 * _MB}  # one of the two, never a mixture
    with pytest.raises(Conflict, match="has changed meanwhile"):
        store.fetch_file("a", tmp_path / "down/a", first.etag)


_INTERRUPTED = """
import json, signal, sys, time
from pathlib import Path
from lazulite.model.assets import Datastore
from lazulite.model.codec import from_data
from lazulite.storage import meter
from lazulite.storage.datastores import open_store

meter._SECONDS_BETWEEN = 0
interrupted = False  # no Event: a signal that comes while one waits for it cannot set it
def interrupt(*_):
    global interrupted
    interrupted = True
    raise KeyboardInterrupt
signal.signal(signal.SIGINT, interrupt)
def tell(_told):
    if not interrupted:
        print("begun", flush=True)
    while not interrupted:
        time.sleep(0.01)
record, way, folder = json.loads(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
store = open_store(from_data(Datastore, record), json.loads)
if way == "up":
    store.upload([(folder / "large", "large")], progress=tell)
else:
    store.download("there", folder / "down", progress=tell)
"""


@pytest.mark.parametrize("kind", ["azure", "s3"])
@pytest.mark.parametrize("way", ["up", "down"])
def test_ctrl_c_leaves_nothing_half(
    azurite: Azurite, seaweed: Seaweed, tmp_path: Path, kind: str, way: str
) -> None:
    from lazulite.model.codec import to_data

    record = azurite.datastore() if kind == "azure" else seaweed.datastore()
    store = opened(record)
    large = tmp_path / "large"
    large.write_bytes(os.urandom(_MB) * 30)
    store.put("there", large)
    command = [sys.executable, "-c", _INTERRUPTED, json.dumps(to_data(record)), way, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode != 0
    assert b"KeyboardInterrupt" in said
    assert [info.path for info in store.list_files()] == ["there"]
    assert not [one for one in (tmp_path / "down").rglob("*") if one.is_file()]


def test_unreachable_is_retried_and_then_said(azurite: Azurite) -> None:
    record = azurite.datastore(options={"retry_seconds": "0.2"})
    store = opened(record)
    azurite.wait_until_saved(record.container_name)
    azurite.kill()
    try:
        with pytest.raises(Unreachable, match="Check the address"):
            store.look_at("a")
    finally:
        azurite.start()
    assert store.look_at("a") is None
