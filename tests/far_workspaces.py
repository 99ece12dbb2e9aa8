"""Workspaces whose default datastore is on another machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.engine.spools import is_anything_spooled
from lazulite.model.assets import Asset, AssetKind, Datastore
from lazulite.model.codec import to_data
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datastores.files import FileDatastore
from lazulite.sdk.workspace import Workspace

_SECONDS = 60


def make_default(workspace: Workspace, record: Datastore) -> None:
    """Register a datastore whose secret is plain, and make it the workspace's default."""
    workspace._service.put_asset(workspace._id, Asset(AssetKind.DATASTORE, record.name, to_data(record)))
    workspace.set_default_datastore(record.name)


def put_raw(workspace: Workspace, file: Path) -> DataReference:
    """Upload a file to `raw/` of the default datastore; return a reference to it."""
    store = workspace.get_default_datastore()
    assert isinstance(store, FileDatastore)
    store.upload_files([str(file)], target_path="raw", overwrite=True, show_progress=False)
    return DataReference(store, "raw", path_on_datastore=f"raw/{file.name}")


def all_sent(home: Path) -> None:
    """Wait until nothing waits for its datastore any more."""
    until(lambda: not is_anything_spooled(Home(home)), "the artifacts did not reach their datastore")


def until(is_so: Callable[[], bool], otherwise: str) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + _SECONDS
    while not is_so():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)
