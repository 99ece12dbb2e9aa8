"""The file system of Databricks. v1: `azureml.data.dbfs_datastore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.sdk.datastores.files import FileDatastore

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class DBFSDatastore(FileDatastore):
    """The file system of a Databricks workspace; or the folder that stands for it where steps run on local Spark.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.

    v1: `azureml.data.dbfs_datastore.DBFSDatastore`.
    """

    def __init__(self, workspace: Workspace, name: str) -> None:
        super().__init__(workspace, name, "DBFS")
