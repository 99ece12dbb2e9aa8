"""What every workspace has from its first moment: two datastores, and this machine as a compute target."""

from __future__ import annotations

import os

from lazulite.engine.layout import Home
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore
from lazulite.model.codec import to_data
from lazulite.model.errors import StorageError

_DATASTORES = (("workspaceblobstore", "AzureBlob"), ("workspacefilestore", "AzureFile"))
_IDLE_SECONDS = 300


def first_assets(home: Home, workspace: str) -> list[Asset]:
    """Make the folders of a new workspace's datastores, and return its first assets.

    Raises:
        StorageError: a folder cannot be made.
    """
    local = ComputeTarget(
        "local", type="local", max_nodes=os.cpu_count() or 1, idle_seconds_before_scaledown=_IDLE_SECONDS
    )
    datastores = [_datastore(home, workspace, name, face) for name, face in _DATASTORES]
    return [*datastores, Asset(AssetKind.COMPUTE, local.name, to_data(local))]


def made_folder(home: Home, workspace: str, name: str, face: str) -> str:
    """Make the folder of a datastore inside the home, and return it as it is recorded. All that show DBFS are one: what
    local Spark sees as `dbfs:/` (`worker.tasks.spark.workplace`).

    Raises:
        StorageError: it cannot be made.
    """
    dbfs = home.workspace(workspace) / "databricks" / "dbfs"
    folder = dbfs if face == "DBFS" else home.datastore(workspace, name)
    try:
        # Also where the home folder was made by somebody else, open to all.
        home.workspace(workspace).mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be created ({error.strerror}).") from error
    return home.relative(str(folder))


def _datastore(home: Home, workspace: str, name: str, face: str) -> Asset:
    place = made_folder(home, workspace, name, face)
    document = Datastore(name, face=face, folder=place, container_name=name, account_name="lazulite")
    return Asset(AssetKind.DATASTORE, name, to_data(document))
