"""Constants of v1 that user code imports, under v1's names."""

from __future__ import annotations

#: The version of the SDK whose names and parameters these are. Notebooks print it.
VERSION = "1.61.0"
SDKVERSION = VERSION

WORKSPACE_DEFAULT_BLOB_STORE_NAME = "workspaceblobstore"
WORKSPACE_BLOB_DATASTORE = "workspaceblobstore"
WORKSPACE_FILE_DATASTORE = "workspacefilestore"

#: v1's words for kinds of datastore, as in `datastore.datastore_type`, and for their credentials.
AZURE_BLOB = "AzureBlob"
AZURE_FILE = "AzureFile"
AZURE_DATA_LAKE = "AzureDataLake"
AZURE_DATA_LAKE_GEN2 = "AzureDataLakeGen2"
AZURE_MYSQL = "AzureMySql"
AZURE_POSTGRESQL = "AzurePostgreSql"
AZURE_SQL_DATABASE = "AzureSqlDatabase"
CUSTOM = "Custom"
DBFS = "DBFS"
HDFS = "Hdfs"
ACCOUNT_KEY = "AccountKey"
CLIENT_CREDENTIALS = "ClientCredentials"
NONE = "None"
SAS = "Sas"
SERVICE_PRINCIPAL = "ServicePrincipal"
SQL_AUTHENTICATION = "SqlAuthentication"

MOUNT_MODE = "mount"
DOWNLOAD_MODE = "download"
UPLOAD_MODE = "upload"
DIRECT_MODE = "direct"
HDFS_MODE = "hdfs"
LINK_MODE = "link"

MLC_COMPUTE_RESOURCE_ID_FMT = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.MachineLearningServices/workspaces/{}/computes/{}"
