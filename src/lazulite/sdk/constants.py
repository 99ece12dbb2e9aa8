"""Constants of v1 that user code imports, under v1's names."""

from __future__ import annotations

#: The version of the SDK whose names and parameters these are. Notebooks print it.
VERSION = "1.61.0"
SDKVERSION = VERSION

WORKSPACE_DEFAULT_BLOB_STORE_NAME = "workspaceblobstore"
WORKSPACE_BLOB_DATASTORE = "workspaceblobstore"
WORKSPACE_FILE_DATASTORE = "workspacefilestore"

AZURE_BLOB = "AzureBlob"
AZURE_FILE = "AzureFile"

MOUNT_MODE = "mount"
DOWNLOAD_MODE = "download"
UPLOAD_MODE = "upload"
DIRECT_MODE = "direct"
HDFS_MODE = "hdfs"
LINK_MODE = "link"

MLC_COMPUTE_RESOURCE_ID_FMT = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.MachineLearningServices/workspaces/{}/computes/{}"
