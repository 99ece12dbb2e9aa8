"""v1's `azureml.data.constants`: names of built-in datastores and of modes."""

from lazulite.sdk.constants import (
    AZURE_BLOB,
    AZURE_FILE,
    DIRECT_MODE,
    DOWNLOAD_MODE,
    HDFS_MODE,
    LINK_MODE,
    MOUNT_MODE,
    UPLOAD_MODE,
    WORKSPACE_BLOB_DATASTORE,
    WORKSPACE_FILE_DATASTORE,
)

__all__ = [
    "AZURE_BLOB",
    "AZURE_FILE",
    "DIRECT_MODE",
    "DOWNLOAD_MODE",
    "HDFS_MODE",
    "LINK_MODE",
    "MOUNT_MODE",
    "UPLOAD_MODE",
    "WORKSPACE_BLOB_DATASTORE",
    "WORKSPACE_FILE_DATASTORE",
]
