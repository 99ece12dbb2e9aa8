"""Datastores in a real blob service (Azurite), through the SDK: on the same machine, and through a real server."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.azurite import ACCOUNT, KEY, Azurite
from tests.serving import serving

from azureml.core import Datastore, Workspace
from azureml.data.azure_storage_datastore import AzureBlobDatastore
from azureml.exceptions import UserErrorException
from lazulite.model.assets import AssetKind
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow

WRONG_KEY = "d3Jvbmcga2V5IG9mIHRoZSB0ZXN0cw=="


@pytest.fixture(params=["local", "remote"])
def ws(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.chdir(tmp_path)
    if request.param == "local":
        yield Workspace.create("blobs")
        return
    with serving(LocalService(str(home))) as server:
        monkeypatch.setenv("LAZULITE_URL", server.url)
        monkeypatch.setenv("LAZULITE_TOKEN", server.token)
        yield Workspace.create("blobs")


def register(ws: Workspace, azurite: Azurite, name: str = "blobs", **given: Any) -> AzureBlobDatastore:
    chosen = {"account_key": KEY, "container_name": f"c{uuid.uuid4().hex[:12]}", **given}
    return Datastore.register_azure_blob_container(
        ws, name, account_name=ACCOUNT, endpoint=azurite.url, **chosen
    )


def sas(container: str, hours: float) -> str:
    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    token: str = generate_container_sas(
        ACCOUNT,
        container,
        account_key=KEY,
        permission=ContainerSasPermissions.from_string("rlcwd"),
        expiry=datetime.now(timezone.utc) + timedelta(hours=hours),
    )
    return token


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)


def test_files_go_there_and_come_back(ws: Workspace, azurite: Azurite) -> None:
    store = register(ws, azurite, create_if_not_exists=True)
    make("src/a.csv", "src/deep/b.csv")
    store.upload("src", target_path="data")
    assert [info.path for info in store._store().list()] == ["data/a.csv", "data/deep/b.csv"]
    store.upload_files(["src/a.csv"], target_path="more")
    # With what is recorded, whoever asks.
    ws._service.check_datastore(ws._id, ws._service.get_asset(ws._id, AssetKind.DATASTORE, "blobs"))
    assert Datastore(ws, "blobs").download("out") == 3
    assert Path("out/data/deep/b.csv").read_text() == "src/deep/b.csv"
    assert Path("out/more/a.csv").read_text() == "src/a.csv"
    is_local = ws._service.is_local
    assert Datastore(ws, "blobs").account_key == (KEY if is_local else None)
    if is_local:
        with Datastore(ws, "blobs").blob_service as client:
            blobs = client.get_container_client(store.container_name).list_blob_names()
            assert "data/a.csv" in list(blobs)
    else:
        with pytest.raises(UserErrorException, match="stay on the server"):
            _ = store.blob_service


def test_a_default_datastore_is_one_like_any_other(ws: Workspace, azurite: Azurite) -> None:
    store = register(ws, azurite, create_if_not_exists=True)
    store.set_as_default()
    make("src/a.csv")
    default: Any = ws.get_default_datastore()
    default.upload("src")
    with pytest.raises(UserErrorException, match="is the default"):
        store.unregister()
    ws.set_default_datastore("workspaceblobstore")
    store.unregister()
    assert "blobs" not in ws.datastores


def test_a_sas_is_enough_until_it_ends(ws: Workspace, azurite: Azurite) -> None:
    container = azurite.container()
    token = sas(container, hours=1)
    store = register(ws, azurite, container_name=container, account_key=None, sas_token="?" + token)
    make("src/a.csv")
    store.upload("src")
    assert store.download("out") == 1
    with pytest.raises(UserErrorException, match=r"SAS of datastore 'late' ended") as caught:
        register(
            ws, azurite, "late", container_name=container, account_key=None, sas_token=sas(container, -1)
        )
    assert "sig=" not in str(caught.value)
    assert "late" not in ws.datastores


def test_what_cannot_be_reached_is_told_and_not_recorded(ws: Workspace, azurite: Azurite) -> None:
    container = azurite.container()
    with pytest.raises(UserErrorException, match="account key is wrong") as caught:
        register(ws, azurite, "wrong", container_name=container, account_key=WRONG_KEY)
    assert WRONG_KEY not in str(caught.value)
    with pytest.raises(UserErrorException, match="expected base64") as caught:
        register(ws, azurite, "none", container_name=container, account_key="no key at all")
    assert "no key at all" not in str(caught.value)
    with pytest.raises(UserErrorException, match="no-such-container"):
        register(ws, azurite, "missing", container_name="no-such-container")
    assert sorted(ws.datastores) == ["workspaceblobstore", "workspacefilestore"]
    # Whoever knows better says so, and is told at the first use.
    store = register(
        ws, azurite, "wrong", container_name=container, account_key=WRONG_KEY, skip_validation=True
    )
    make("src/a.csv")
    with pytest.raises(UserErrorException, match="account key is wrong"):
        store.upload("src")


def test_overwriting_gives_the_name_to_another_container(ws: Workspace, azurite: Azurite) -> None:
    first = register(ws, azurite, create_if_not_exists=True)
    with pytest.raises(UserErrorException, match="overwrite=True"):
        register(ws, azurite, create_if_not_exists=True)
    second = register(ws, azurite, create_if_not_exists=True, overwrite=True)
    assert Datastore(ws, "blobs").container_name == second.container_name != first.container_name


def test_pages_show_it_and_say_why_they_cannot(
    home: Path, azurite: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ws = Workspace.create("blobs")
    store = register(ws, azurite, create_if_not_exists=True)
    container = store.container_name
    store._store().put("data/a.csv", io.BytesIO(b"1,2"))
    register(ws, azurite, "wrong", container_name=container, account_key=WRONG_KEY, skip_validation=True)
    Datastore.register_sql(ws, "sales", f"sqlite:///{tmp_path}/sales.db")
    with serving(LocalService(str(home))) as server:
        base = f"/workspaces/{ws._id}/datastores"
        everything = server.get(base).text
        assert all(name in everything for name in ("blobs", "wrong", "sales", azurite.url, "account key"))
        root = server.get(f"{base}/blobs")
        assert root.status_code == 200
        assert all(word in root.text for word in (container, ACCOUNT, azurite.url, "account key", "data/"))
        assert "a.csv" in server.get(f"{base}/blobs/data").text
        assert "1,2" in server.get(f"{base}/blobs/data/a.csv?download=1").text
        refused = server.get(f"{base}/wrong")
        assert refused.status_code == 502
        assert "account key is wrong" in refused.text
        below = server.get(f"{base}/wrong/data")
        assert below.status_code == 502
        assert "account key is wrong" in below.text
        assert "tables and no files" in server.get(f"{base}/sales").text
        assert KEY not in everything + root.text + refused.text
