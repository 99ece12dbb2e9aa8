"""Data Lake stores of both generations. v1: `azureml.data.azure_data_lake_datastore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.sdk.datastores.credentials import Credential
from lazulite.sdk.datastores.files import FileDatastore

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class AbstractADLSDatastore(FileDatastore):
    """A Data Lake store.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        datastore_type: AzureDataLake or AzureDataLakeGen2.
        tenant_id: The tenant of the service principal that reaches it.
        client_id: The service principal's id.
        client_secret: Its secret.
        resource_url: For which service its token is.
        authority_url: Who gives the token.
        service_data_access_auth_identity: Accepted and without effect.

    v1: `azureml.data.azure_data_lake_datastore.AbstractADLSDatastore`, which had no upload and download.
    """

    client_secret = Credential("client_secret")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        datastore_type: str,
        tenant_id: str | None,
        client_id: str | None,
        client_secret: str | None,
        resource_url: str | None,
        authority_url: str | None,
        service_data_access_auth_identity: str | None,
    ) -> None:
        super().__init__(workspace, name, datastore_type)
        self.tenant_id = tenant_id
        self.client_id = client_id
        self.client_secret = client_secret
        self.resource_url = resource_url
        self.authority_url = authority_url
        self.service_data_access_auth_identity = service_data_access_auth_identity


class AzureDataLakeDatastore(AbstractADLSDatastore):
    """A Data Lake store of the first generation: a folder, because Microsoft switched that service off in 2024.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        store_name: The store's name, for display.
        tenant_id: Accepted and without effect, as the other credentials: a folder needs none.
        client_id: As `tenant_id`.
        client_secret: As `tenant_id`.
        resource_url: As `tenant_id`.
        authority_url: As `tenant_id`.
        subscription_id: The store's subscription, for display.
        resource_group: The store's resource group, for display.
        service_data_access_auth_identity: Accepted and without effect.

    v1: `azureml.data.azure_data_lake_datastore.AzureDataLakeDatastore`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        store_name: str,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        resource_url: str | None = None,
        authority_url: str | None = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        service_data_access_auth_identity: str | None = None,
    ) -> None:
        super().__init__(
            workspace,
            name,
            "AzureDataLake",
            tenant_id,
            client_id,
            client_secret,
            resource_url,
            authority_url,
            service_data_access_auth_identity,
        )
        self.store_name = store_name
        self.subscription_id = subscription_id
        self.resource_group = resource_group


class AzureDataLakeGen2Datastore(AbstractADLSDatastore):
    """A file system of a storage account with a hierarchical namespace.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        container_name: The file system.
        account_name: The storage account.
        tenant_id: The tenant of the service principal that reaches it.
        client_id: The service principal's id.
        client_secret: Its secret.
        resource_url: For which service its token is.
        authority_url: Who gives the token.
        protocol: https or http.
        endpoint: What follows the account's name in the address, or a whole URL.
        service_data_access_auth_identity: Accepted and without effect.

    v1: `azureml.data.azure_data_lake_datastore.AzureDataLakeGen2Datastore`.
    """

    account_key = Credential("account_key")
    sas_token = Credential("sas_token")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        container_name: str,
        account_name: str,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        resource_url: str | None = None,
        authority_url: str | None = None,
        protocol: str | None = None,
        endpoint: str | None = None,
        service_data_access_auth_identity: str | None = None,
    ) -> None:
        super().__init__(
            workspace,
            name,
            "AzureDataLakeGen2",
            tenant_id,
            client_id,
            client_secret,
            resource_url,
            authority_url,
            service_data_access_auth_identity,
        )
        self.container_name = container_name
        self.account_name = account_name
        self.protocol = protocol
        self.endpoint = endpoint
