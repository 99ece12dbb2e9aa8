"""Where a datastore is and how it is reached: in words, and as other systems know it; and which have no files."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from lazulite.model.assets import Datastore
from lazulite.model.databases import is_database

DEFAULT_SUFFIX = "core.windows.net"
#: What a service of a storage account is called in its address.
_SERVICES = {"azure_blob": "blob", "azure_file": "file", "adls_gen2": "dfs"}
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
    if record.type in _SERVICES:
        base = service_url(record, _SERVICES[record.type])
    elif "://" in record.endpoint:
        base = record.endpoint.rstrip("/")
    elif is_database(record) or record.type == "hdfs":
        port = record.options.get("port")
        base = f"{record.protocol or record.type}://{record.account_name}{':' + port if port else ''}"
    elif record.type == "dbfs":
        return "dbfs:/"
    else:
        base = f"{record.type}:/"
    return f"{base}/{record.container_name}".rstrip("/")


def service_url(record: Datastore, service: str) -> str:
    """Return the address of a service (blob, dfs, file) of an account.

    `endpoint` is v1's suffix (core.windows.net); or a server's host and port, or its URL, below which an emulator keeps
    each account under its name; or the whole URL with the account's name in its path.
    """
    protocol = record.protocol or "https"
    endpoint = record.endpoint.strip().rstrip("/") or DEFAULT_SUFFIX
    if "://" not in endpoint:
        host = endpoint.partition(":")[0].partition("/")[0]
        if ":" not in endpoint and not is_own_host(host):
            return f"{protocol}://{record.account_name}.{service}.{endpoint}"
        endpoint = f"{protocol}://{endpoint}"
    parts = urlsplit(endpoint)
    if not parts.path and is_own_host(parts.hostname or ""):
        return f"{endpoint}/{record.account_name}"
    return endpoint


def uris(datastore: Datastore) -> list[tuple[str, str]]:
    """Return the schemes and authorities by which others know the datastore."""
    container, account = datastore.container_name, datastore.account_name
    suffix = datastore.endpoint if "/" not in datastore.endpoint and datastore.endpoint else DEFAULT_SUFFIX
    face = datastore.face.lower()
    if not account:
        return [(scheme, container) for scheme in ("s3", "s3a", "s3n")] if "s3" in face else []
    if not container:
        return [("adl", f"{account}.azuredatalakestore.net")] if face == "azuredatalake" else []
    blob, lake = f"{container}@{account}.blob.{suffix}", f"{container}@{account}.dfs.{suffix}"
    return [
        ("wasbs", blob),
        ("wasb", blob),
        ("abfss", lake),
        ("abfs", lake),
        ("adl", f"{account}.azuredatalakestore.net"),
    ]


def is_own_host(host: str) -> bool:
    """Whether a host is one that does not carry an account's name: an address, or a name without dots."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True


def auth_of(record: Datastore) -> str:
    """Return how it is reached, in words; "" for a folder, which asks nobody."""
    return _AUTH.get(record.auth, record.auth)


def has_files(record: Datastore) -> bool:
    """Whether files can be listed, uploaded and downloaded."""
    return not is_database(record) and record.type != "hdfs"
