"""Registering storage of Azure, with v1's parameters."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from lazulite.model.assets import Datastore as Record
from lazulite.sdk.datastores.registry import (
    account_login,
    checked_endpoint,
    known,
    needed,
    principal_login,
    register,
)
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.datastores.data_lake import AzureDataLakeDatastore, AzureDataLakeGen2Datastore
    from lazulite.sdk.storage_datastore import AzureBlobDatastore, AzureFileDatastore
    from lazulite.sdk.workspace import Workspace

_ENDPOINT = "core.windows.net"


class AzureRegistration:
    """Blob containers, file shares and Data Lake stores."""

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
        *,
        anonymous: bool = False,
    ) -> AzureBlobDatastore:
        """Register a blob container as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            container_name: The container.
            account_name: The storage account.
            sas_token: A shared access signature.
            account_key: The account's key.
            protocol: https (default) or http.
            endpoint: What follows the account's name in its address (default `core.windows.net`), or a whole URL: of an
                Azurite on this machine `http://127.0.0.1:10000/devstoreaccount1`.
            overwrite: Let the name mean this container if it means something else.
            create_if_not_exists: Make the container if it is not there.
            skip_validation: Do not try container and credentials before they are written.
            blob_cache_timeout: Accepted and without effect.
            grant_workspace_access: Reach it by the managed identity of the machine that runs the steps.
            subscription_id: The account's subscription, for display.
            resource_group: The account's resource group, for display.
            anonymous: Use no credentials, as for a public container. (Not in v1.)

        Without any of `sas_token`, `account_key`, `grant_workspace_access` and `anonymous`, the AZURE_… variables or the
        signed-in identity of the machine that runs the steps are used, else no credentials; a line says so.

        Raises:
            UserErrorException: the name is not allowed or taken; two credentials are given; or the container cannot be
                reached with them, in the storage's words. Nothing is written then.

        Example:
            `Datastore.register_azure_blob_container(ws, "raw", "raw", "myaccount", account_key=os.environ["KEY"])`
        """
        login = account_login(account_key, sas_token, grant_workspace_access, anonymous)
        record = Record(
            datastore_name,
            type="azure_blob",
            face="AzureBlob",
            container_name=needed(container_name, "container_name"),
            account_name=needed(account_name, "account_name"),
            protocol=_protocol(protocol, endpoint),
            endpoint=checked_endpoint(endpoint, _ENDPOINT),
            auth=login.auth,
            options=known(subscription_id=subscription_id, resource_group=resource_group),
        )
        made = register(
            workspace,
            record,
            login.credentials,
            overwrite=overwrite,
            skip_validation=skip_validation,
            create=create_if_not_exists,
        )
        return cast("AzureBlobDatastore", made)

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
    ) -> AzureFileDatastore:
        """Register a file share as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name, as of `register_azure_blob_container`.
            file_share_name: The share.
            account_name: The storage account.
            sas_token: A shared access signature.
            account_key: The account's key.
            protocol: https (default) or http.
            endpoint: What follows the account's name in its address (default `core.windows.net`), or a whole URL.
            overwrite: Let the name mean this share if it means something else.
            create_if_not_exists: Make the share if it is not there.
            skip_validation: Do not try share and credentials before they are written.

        Raises:
            UserErrorException: as `register_azure_blob_container`.
        """
        login = account_login(account_key, sas_token)
        record = Record(
            datastore_name,
            type="azure_file",
            face="AzureFile",
            container_name=needed(file_share_name, "file_share_name"),
            account_name=needed(account_name, "account_name"),
            protocol=_protocol(protocol, endpoint),
            endpoint=checked_endpoint(endpoint, _ENDPOINT),
            auth=login.auth,
        )
        made = register(
            workspace,
            record,
            login.credentials,
            overwrite=overwrite,
            skip_validation=skip_validation,
            create=create_if_not_exists,
        )
        return cast("AzureFileDatastore", made)

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
        *,
        folder: str | os.PathLike[str] | None = None,
    ) -> AzureDataLakeDatastore:
        """Register a folder in place of a Data Lake store of the first generation, which Microsoft switched off on
        2024-02-29. It is what U-SQL scripts see as their account.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            store_name: The store's name, for display and in adl:// addresses.
            tenant_id: For display, as client_id, resource_url, authority_url, subscription_id and resource_group.
            client_id: As `tenant_id`.
            client_secret: Accepted, and not kept: a folder needs none.
            resource_url: As `tenant_id`.
            authority_url: As `tenant_id`.
            subscription_id: As `tenant_id`.
            resource_group: As `tenant_id`.
            overwrite: Let the name mean this store if it means something else.
            grant_workspace_access: Accepted and without effect.
            folder: The folder, absolute, of the machine that the system runs on, where the store's files were copied to;
                without it one inside the home. (Not in v1.)

        Raises:
            UserErrorException: the name is not allowed or taken, or the folder is not there.
        """
        options = known(
            tenant_id=tenant_id,
            client_id=client_id,
            resource_url=resource_url,
            authority_url=authority_url,
            subscription_id=subscription_id,
            resource_group=resource_group,
        )
        store = needed(store_name, "store_name")
        place = os.path.abspath(os.path.expanduser(folder)) if folder else ""  # noqa: PTH100, PTH111 - see register_local
        record = Record(
            datastore_name, face="AzureDataLake", folder=place, account_name=store, options=options
        )
        made = register(workspace, record, overwrite=overwrite, skip_validation=True)
        print(
            f"Datastore '{made.name}': Data Lake Storage Gen1 was switched off on 2024-02-29. The folder "
            f"{made._record.folder} stands for the store '{store}'; credentials are not kept."  # noqa: SLF001
        )
        return cast("AzureDataLakeDatastore", made)

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
        *,
        account_key: str | None = None,
        sas_token: str | None = None,
        create_if_not_exists: bool = False,
        skip_validation: bool = False,
    ) -> AzureDataLakeGen2Datastore:
        """Register a file system of a storage account with a hierarchical namespace as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            filesystem: The file system.
            account_name: The storage account.
            tenant_id: The tenant of a service principal.
            client_id: The service principal's id.
            client_secret: Its secret.
            resource_url: For which service its token is; `https://storage.azure.com/` by default.
            authority_url: Who gives the token; `https://login.microsoftonline.com` by default.
            protocol: https (default) or http.
            endpoint: What follows the account's name in its address (default `core.windows.net`), or a whole URL.
            overwrite: Let the name mean this file system if it means something else.
            subscription_id: The account's subscription, for display.
            resource_group: The account's resource group, for display.
            grant_workspace_access: Reach it by the managed identity of the machine that runs the steps.
            account_key: The account's key. (Not in v1, as what follows.)
            sas_token: A shared access signature.
            create_if_not_exists: Make the file system if it is not there.
            skip_validation: Do not try file system and credentials before they are written.

        Raises:
            UserErrorException: as `register_azure_blob_container`.
        """
        principal = principal_login(tenant_id, client_id, client_secret, resource_url, authority_url)
        if principal and (account_key or sas_token):
            raise UserErrorException(
                "A service principal and account_key or sas_token are given. Expected one of them."
            )
        login = principal or account_login(account_key, sas_token, grant_workspace_access)
        record = Record(
            datastore_name,
            type="adls_gen2",
            face="AzureDataLakeGen2",
            container_name=needed(filesystem, "filesystem"),
            account_name=needed(account_name, "account_name"),
            protocol=_protocol(protocol, endpoint),
            endpoint=checked_endpoint(endpoint, _ENDPOINT),
            auth=login.auth,
            options={
                **login.options,
                **known(subscription_id=subscription_id, resource_group=resource_group),
            },
        )
        made = register(
            workspace,
            record,
            login.credentials,
            overwrite=overwrite,
            skip_validation=skip_validation,
            create=create_if_not_exists,
        )
        return cast("AzureDataLakeGen2Datastore", made)


def _protocol(protocol: str | None, endpoint: str | None) -> str:
    """https or http: as it is given, else as the URL in `endpoint` begins."""
    scheme = (endpoint or "").partition("://")[0] if "://" in (endpoint or "") else ""
    found = (protocol or scheme or "https").lower()
    if found not in ("http", "https"):
        raise UserErrorException(f"protocol is {found!r}. Expected https or http.")
    return found
