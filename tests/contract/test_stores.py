"""The store suite over a folder, and over real servers on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.azurite import Azurite
from tests.seaweed import Seaweed
from tests.stores import opened

from lazulite.storage.folders import FolderStore
from lazulite.storage.store import Store
from lazulite.testing.store_contract import StoreContract


class TestFolder(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        made = FolderStore(tmp_path / "store-root", "folder")
        made.create()
        return made


class TestAzureBlob(StoreContract):
    @pytest.fixture
    def store(self, azurite: Azurite) -> Store:
        return opened(azurite.datastore())


class TestDataLakeGen2(StoreContract):
    """Against Azurite's blobs, which is what our client uses of such an account, too."""

    @pytest.fixture
    def store(self, azurite: Azurite) -> Store:
        return opened(azurite.datastore(type="adls_gen2", options={"prefix": "below/this"}))


class TestS3(StoreContract):
    @pytest.fixture
    def store(self, seaweed: Seaweed) -> Store:
        return opened(seaweed.datastore())
