"""From a datastore's record to an object of the class that v1 gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lazulite.model.assets import Datastore as Record
from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.data_lake import AzureDataLakeDatastore, AzureDataLakeGen2Datastore
from lazulite.sdk.datastores.databases import (
    AzureMySqlDatastore,
    AzurePostgreSqlDatastore,
    AzureSqlDatabaseDatastore,
    SqlDatastore,
)
from lazulite.sdk.datastores.dbfs import DBFSDatastore
from lazulite.sdk.datastores.hdfs import HDFSDatastore
from lazulite.sdk.datastores.other_places import LocalDatastore, S3Datastore
from lazulite.sdk.storage_datastore import AzureBlobDatastore, AzureFileDatastore

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_Maker = Callable[["Workspace", Record], AbstractDatastore]
#: v1's words for how a database is reached, by ours.
_SQL_AUTH = {"password": "SqlAuthentication", "service_principal": "ServicePrincipal"}


def datastore_of(workspace: Workspace, record: Record) -> AbstractDatastore:
    """Return the object for a datastore's record."""
    datastore = _MAKERS.get(record.face, _blob)(workspace, record)
    datastore._known = record  # noqa: SLF001 - made here
    return datastore


def _blob(workspace: Workspace, record: Record) -> AbstractDatastore:
    options = record.options
    return AzureBlobDatastore(
        workspace,
        record.name,
        record.container_name,
        record.account_name,
        protocol=record.protocol or None,
        endpoint=record.endpoint or None,
        workspace_msi_has_access=record.auth == "managed_identity",
        subscription_id=options.get("subscription_id"),
        resource_group=options.get("resource_group"),
    )


def _file(workspace: Workspace, record: Record) -> AbstractDatastore:
    return AzureFileDatastore(
        workspace,
        record.name,
        record.container_name,
        record.account_name,
        protocol=record.protocol or None,
        endpoint=record.endpoint or "core.windows.net",
    )


def _data_lake(workspace: Workspace, record: Record) -> AbstractDatastore:
    options = record.options
    return AzureDataLakeDatastore(
        workspace,
        record.name,
        record.account_name,
        **_principal(record),
        subscription_id=options.get("subscription_id"),
        resource_group=options.get("resource_group"),
    )


def _data_lake_gen2(workspace: Workspace, record: Record) -> AbstractDatastore:
    return AzureDataLakeGen2Datastore(
        workspace,
        record.name,
        record.container_name,
        record.account_name,
        **_principal(record),
        protocol=record.protocol or None,
        endpoint=record.endpoint or None,
    )


def _sql_database(workspace: Workspace, record: Record) -> AbstractDatastore:
    options = record.options
    return AzureSqlDatabaseDatastore(
        workspace,
        record.name,
        record.account_name,
        record.container_name,
        **_principal(record),
        username=options.get("user"),
        auth_type=_SQL_AUTH.get(record.auth),
    )


def _postgres(workspace: Workspace, record: Record) -> AbstractDatastore:
    options = record.options
    return AzurePostgreSqlDatastore(
        workspace,
        record.name,
        record.account_name,
        record.container_name,
        options.get("user", ""),
        None,
        _port(record),
        enforce_ssl=options.get("enforce_ssl") == "true",
    )


def _mysql(workspace: Workspace, record: Record) -> AbstractDatastore:
    place = (record.account_name, record.container_name)
    return AzureMySqlDatastore(
        workspace, record.name, *place, record.options.get("user", ""), None, _port(record)
    )


def _hdfs(workspace: Workspace, record: Record) -> AbstractDatastore:
    options = record.options
    return HDFSDatastore(
        workspace,
        record.name,
        record.protocol,
        record.account_name,
        options.get("certificate"),
        options.get("kerberos_realm", ""),
        options.get("kerberos_kdc_address", ""),
        options.get("kerberos_principal", ""),
        None,
        options.get("credential_type", ""),
    )


def _principal(record: Record) -> dict[str, str | None]:
    """The service principal that reaches it, but for its secret."""
    names = ("tenant_id", "client_id", "resource_url", "authority_url")
    return {name: record.options.get(name) for name in names}


def _port(record: Record) -> int | None:
    port = record.options.get("port", "")
    return int(port) if port.isdigit() else None


_MAKERS: Mapping[str, _Maker] = {
    "AzureBlob": _blob,
    "AzureFile": _file,
    "AzureDataLake": _data_lake,
    "AzureDataLakeGen2": _data_lake_gen2,
    "AzureSqlDatabase": _sql_database,
    "AzurePostgreSql": _postgres,
    "AzureMySql": _mysql,
    "Sql": lambda workspace, record: SqlDatastore(workspace, record.name, record.options.get("url", "")),
    "DBFS": lambda workspace, record: DBFSDatastore(workspace, record.name),
    "Hdfs": _hdfs,
    "S3": lambda workspace, record: S3Datastore(
        workspace,
        record.name,
        record.container_name,
        record.endpoint or None,
        record.options.get("region"),
    ),
    "Local": lambda workspace, record: LocalDatastore(workspace, record.name, record.folder),
}
