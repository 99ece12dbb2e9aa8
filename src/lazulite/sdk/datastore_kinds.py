"""The kinds of datastore that v1 registers in Azure and that this version does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class RemoteDatastoreKinds:
    """v1's `register_*` methods for storage in Azure, with v1's parameters.

    Each raises a UserErrorException that says so, before anything is changed: data on a folder of this machine (also a
    mounted network disk) are registered with `Datastore.register_local`.
    """

    @staticmethod
    def register_azure_blob_container(
        workspace: Workspace,
        datastore_name: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        create_if_not_exists: bool = False,
        skip_validation: bool = False,
        blob_cache_timeout: int | None = None,
        grant_workspace_access: bool = False,
        subscription_id: str | None = None,
        resource_group: str | None = None,
    ) -> NoReturn:
        """v1: register an Azure Blob container. Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_blob_container",
            datastore_name,
            f"an Azure Blob container (container {container_name!r} of account {account_name!r})",
        )

    @staticmethod
    def register_azure_data_lake(
        workspace: Workspace,
        datastore_name: str,
        store_name: str,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        resource_url: str | None = None,
        authority_url: str | None = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        overwrite: bool = False,
        grant_workspace_access: bool = False,
    ) -> NoReturn:
        """v1: register an Azure Data Lake store (Gen1). Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_data_lake",
            datastore_name,
            f"an Azure Data Lake store (Gen1) (store {store_name!r})",
        )

    @staticmethod
    def register_azure_data_lake_gen2(
        workspace: Workspace,
        datastore_name: str,
        filesystem: str,
        account_name: str,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        resource_url: str | None = None,
        authority_url: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        grant_workspace_access: bool = False,
    ) -> NoReturn:
        """v1: register an Azure Data Lake file system (Gen2). Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_data_lake_gen2",
            datastore_name,
            f"an Azure Data Lake file system (Gen2) (file system {filesystem!r} of account {account_name!r})",
        )

    @staticmethod
    def register_azure_file_share(
        workspace: Workspace,
        datastore_name: str,
        file_share_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        create_if_not_exists: bool = False,
        skip_validation: bool = False,
    ) -> NoReturn:
        """v1: register an Azure file share. Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_file_share",
            datastore_name,
            f"an Azure file share (share {file_share_name!r} of account {account_name!r})",
        )

    @staticmethod
    def register_azure_my_sql(
        workspace: Workspace,
        datastore_name: str,
        server_name: str,
        database_name: str,
        user_id: str,
        user_password: str,
        port_number: int | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        **kwargs: Any,
    ) -> NoReturn:
        """v1: register an Azure MySQL database. Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_my_sql",
            datastore_name,
            f"an Azure MySQL database (database {database_name!r} on {server_name!r})",
        )

    @staticmethod
    def register_azure_postgre_sql(
        workspace: Workspace,
        datastore_name: str,
        server_name: str,
        database_name: str,
        user_id: str,
        user_password: str,
        port_number: int | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        enforce_ssl: bool = True,
        **kwargs: Any,
    ) -> NoReturn:
        """v1: register an Azure PostgreSQL database. Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_postgre_sql",
            datastore_name,
            f"an Azure PostgreSQL database (database {database_name!r} on {server_name!r})",
        )

    @staticmethod
    def register_azure_sql_database(
        workspace: Workspace,
        datastore_name: str,
        server_name: str,
        database_name: str,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        resource_url: str | None = None,
        authority_url: str | None = None,
        endpoint: str | None = None,
        overwrite: bool = False,
        username: str | None = None,
        password: str | None = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        grant_workspace_access: bool = False,
        **kwargs: Any,
    ) -> NoReturn:
        """v1: register an Azure SQL database. Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_azure_sql_database",
            datastore_name,
            f"an Azure SQL database (database {database_name!r} on {server_name!r})",
        )

    @staticmethod
    def register_dbfs(workspace: Workspace, datastore_name: str) -> NoReturn:
        """v1: register the Databricks file system. Raises UserErrorException: this version does not reach it."""
        raise _unreached("register_dbfs", datastore_name, "the Databricks file system")

    @staticmethod
    def register_hdfs(
        workspace: Workspace,
        datastore_name: str,
        protocol: str,
        namenode_address: str,
        hdfs_server_certificate: str,
        kerberos_realm: str,
        kerberos_kdc_address: str,
        kerberos_principal: str,
        kerberos_keytab: str | None = None,
        kerberos_password: str | None = None,
        overwrite: bool = False,
    ) -> NoReturn:
        """v1: register an HDFS cluster. Raises UserErrorException: this version does not reach it."""
        raise _unreached(
            "register_hdfs", datastore_name, f"an HDFS cluster (cluster at {namenode_address!r})"
        )


def _unreached(method: str, datastore_name: str, kind: str) -> UserErrorException:
    return UserErrorException(
        f"Datastore.{method}: datastore {datastore_name!r} would be {kind}, and this version of Lazulite keeps "
        "datastores in folders only. Copy or mount the data, then call "
        f"Datastore.register_local(workspace, {datastore_name!r}, folder)."
    )
