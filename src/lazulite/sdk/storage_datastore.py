"""v1's blob containers and file shares. v1: `azureml.data.azure_storage_datastore`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.sdk.datastores.credentials import Credential
from lazulite.sdk.datastores.files import FileDatastore

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

__all__ = ["AbstractAzureStorageDatastore", "AzureBlobDatastore", "AzureFileDatastore"]

#: v1's word for how a storage account is reached, by ours.
_CREDENTIAL_TYPES = {"account_key": "AccountKey", "sas": "Sas", "service_principal": "ServicePrincipal"}


class AbstractAzureStorageDatastore(FileDatastore):
    """A blob container or file share of a storage account; or the folder of this machine that stands for one.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        datastore_type: AzureBlob or AzureFile.
        container_name: The container or share.
        account_name: The storage account.
        sas_token: A shared access signature, if it is reached by one.
        account_key: The account's key, if it is reached by that.
        protocol: https or http.
        endpoint: What follows the account's name in the address, or a whole URL.

    v1: `azureml.data.azure_storage_datastore.AbstractAzureStorageDatastore`.
    """

    sas_token = Credential("sas_token")
    account_key = Credential("account_key")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        datastore_type: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        super().__init__(workspace, name, datastore_type)
        self.container_name = container_name
        self.account_name = account_name
        self.sas_token = sas_token
        self.account_key = account_key
        self.protocol = protocol
        self.endpoint = endpoint

    @property
    def credential_type(self) -> str | None:
        """v1's word for how it is reached: AccountKey, Sas, ServicePrincipal; None without credentials."""
        return _CREDENTIAL_TYPES.get(self._record.auth)

    @property
    def is_sas(self) -> bool:
        """Whether it is reached with a SAS token."""
        return self._record.auth == "sas"


class AzureBlobDatastore(AbstractAzureStorageDatastore):
    """A blob container; or the folder of this machine that stands for one.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        container_name: The container.
        account_name: The storage account.
        sas_token: A shared access signature, if it is reached by one.
        account_key: The account's key, if it is reached by that.
        protocol: https or http.
        endpoint: What follows the account's name in the address, or a whole URL.
        request_session: Accepted and without effect.
        workspace_msi_has_access: Whether it is reached by the managed identity of the machine.
        subscription_id: The account's subscription, for display.
        resource_group: The account's resource group, for display.
        service_data_access_auth_identity: Accepted and without effect.

    v1: `azureml.data.azure_storage_datastore.AzureBlobDatastore`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        request_session: Any = None,
        workspace_msi_has_access: bool = False,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        service_data_access_auth_identity: str | None = None,
    ) -> None:
        super().__init__(
            workspace,
            name,
            "AzureBlob",
            container_name,
            account_name,
            sas_token,
            account_key,
            protocol,
            endpoint,
        )
        self.workspace_msi_has_access = workspace_msi_has_access
        self.service_data_access_auth_identity = service_data_access_auth_identity
        self.subscription_id = subscription_id
        self.resource_group = resource_group

    @property
    def blob_service(self) -> Any:
        """A client of the storage account: `azure.storage.blob.BlobServiceClient` (v1 had the older `BlockBlobService`).

        Raises:
            UserErrorException: the files are in a folder; the library is not installed; or the credentials are a server's.
        """
        from lazulite.sdk.datastores.clients import blob_client

        return blob_client(self)


class AzureFileDatastore(AbstractAzureStorageDatastore):
    """A file share; or the folder of this machine that stands for one.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        container_name: The share.
        account_name: The storage account.
        sas_token: A shared access signature, if it is reached by one.
        account_key: The account's key, if it is reached by that.
        protocol: https or http.
        endpoint: What follows the account's name in the address, or a whole URL.
        request_session: Accepted and without effect.

    v1: `azureml.data.azure_storage_datastore.AzureFileDatastore`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        container_name: str,
        account_name: str,
        sas_token: str | None = None,
        account_key: str | None = None,
        protocol: str | None = None,
        endpoint: str = "core.windows.net",
        request_session: Any = None,
    ) -> None:
        super().__init__(
            workspace,
            name,
            "AzureFile",
            container_name,
            account_name,
            sas_token,
            account_key,
            protocol,
            endpoint,
        )

    @property
    def file_service(self) -> Any:
        """A client of the storage account: `azure.storage.fileshare.ShareServiceClient` (v1 had the older `FileService`).

        Raises:
            UserErrorException: the files are in a folder; the library is not installed; or the credentials are a server's.
        """
        from lazulite.sdk.datastores.clients import share_client

        return share_client(self)
