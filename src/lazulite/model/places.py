"""Where a datastore is and how it is reached, in words; and which have no files."""

from __future__ import annotations

from lazulite.model.assets import Datastore
from lazulite.model.databases import is_database

_AUTH = {
    "account_key": "account key",
    "sas": "shared access signature (SAS)",
    "service_principal": "service principal",
    "access_key": "access key",
    "token": "token",
    "password": "user name and password",
    "managed_identity": "managed identity of the machine",
    "environment": "environment of the machine (variables, signed-in identity), else no credentials",
    "anonymous": "no credentials",
}


def place_of(record: Datastore) -> str:
    """Return where the data are: a folder, or an address without credentials."""
    if record.type == "folder":
        return record.folder
    if url := record.options.get("url"):
        return url
    account = record.account_name
    if "://" in record.endpoint:
        base = record.endpoint.rstrip("/")
    elif is_database(record) or record.type == "hdfs":
        port = record.options.get("port")
        base = f"{record.protocol or record.type}://{account}{':' + port if port else ''}"
    elif record.type == "s3":
        base = "s3:/"
    elif record.type == "dbfs":
        return "dbfs:/"
    else:
        kind = {"azure_blob": "blob", "azure_file": "file", "adls_gen2": "dfs"}.get(record.type, record.type)
        base = f"{record.protocol or 'https'}://{account}.{kind}.{record.endpoint or 'core.windows.net'}"
    return f"{base}/{record.container_name}".rstrip("/")


def auth_of(record: Datastore) -> str:
    """Return how it is reached, in words; "" for a folder, which asks nobody."""
    return _AUTH.get(record.auth, record.auth)


def has_files(record: Datastore) -> bool:
    """Whether files can be listed, uploaded and downloaded."""
    return not is_database(record) and record.type != "hdfs"
