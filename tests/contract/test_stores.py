"""The store suite over a folder, and over real servers on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.azurite import Azurite
from tests.seaweed import Seaweed
from tests.stores import opened

from lazulite.model.assets import Datastore
from lazulite.storage.folders import FolderStore
from lazulite.storage.store import Store
from lazulite.testing import azure_files_server
from lazulite.testing.databricks_server import LoopbackDatabricks
from lazulite.testing.store_contract import StoreContract


class TestFolder(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        made = FolderStore(tmp_path / "store-root", "folder")
        made.create()
        return made


@pytest.mark.slow
class TestAzureBlob(StoreContract):
    @pytest.fixture
    def store(self, azurite: Azurite) -> Store:
        return opened(azurite.datastore())


@pytest.mark.slow
class TestDataLakeGen2:
    """Against Azurite's blobs, which is what our client uses of such an account, too: what differs from a container."""

    @pytest.fixture
    def store(self, azurite: Azurite) -> Store:
        return opened(azurite.datastore(type="adls_gen2", options={"prefix": "below/this"}))

    def test_files_are_listed_in_pages(self, store: Store) -> None:
        StoreContract().test_files_are_listed_in_pages(store)

    def test_a_version_changes_with_what_is_there(self, store: Store) -> None:
        StoreContract().test_a_version_changes_with_what_is_there(store)

    def test_the_same_bytes_written_again_are_the_same_content(self, store: Store) -> None:
        StoreContract().test_the_same_bytes_written_again_are_the_same_content(store)

    def test_only_what_is_named_is_deleted(self, store: Store) -> None:
        StoreContract().test_only_what_is_named_is_deleted(store)


@pytest.mark.slow
class TestS3(StoreContract):
    @pytest.fixture
    def store(self, seaweed: Seaweed) -> Store:
        return opened(seaweed.datastore())


@pytest.mark.slow
class TestFileShare(StoreContract):
    """Against a loopback server of our own: there is no emulator."""

    keeps_digests = False
    forbidden = frozenset("?*:")

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with azure_files_server.serving() as (host, _):
            yield opened(share_at(host))


@pytest.mark.slow
class TestDbfs(StoreContract):
    """Against the loopback workspace."""

    keeps_digests = False

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with LoopbackDatabricks.started() as workspace:
            yield opened(
                Datastore(
                    "dbfs",
                    type="dbfs",
                    endpoint=workspace.host,
                    auth="token",
                    options={"prefix": "/mnt/data"},
                    secret=json.dumps({"token": workspace.token}),
                )
            )


def share_at(host: str) -> Datastore:
    return Datastore(
        "share",
        type="azure_file",
        container_name=azure_files_server.SHARE,
        account_name=azure_files_server.ACCOUNT,
        protocol="http",
        endpoint=host,
        auth="account_key",
        secret=json.dumps({"account_key": azure_files_server.KEY}),
    )
