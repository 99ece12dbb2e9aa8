"""Databases as datastores: they have tables and no files, and are handed to steps as a `SqlDataReference`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.sdk.abstract_datastore import AbstractDatastore
from lazulite.sdk.datastores.credentials import Credential
from lazulite.sdk.datastores.files import refuse_without_files

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

#: What datastores with files can do. Asked of a database, these say what to use instead.
_OF_FILES = (
    "upload",
    "upload_files",
    "download",
    "path",
    "as_mount",
    "as_download",
    "as_upload",
    "_copy_in",
    "_copy_out",
)


class DatabaseDatastore(AbstractDatastore):
    """A database."""

    def __getattr__(self, name: str) -> Any:
        if name in _OF_FILES:
            refuse_without_files(self._record)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class AzureSqlDatabaseDatastore(DatabaseDatastore):
    """A database of Azure SQL, or of any SQL Server.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        server_name: The host.
        database_name: The database.
        tenant_id: The tenant of the service principal that reaches it.
        client_id: The service principal's id.
        client_secret: Its secret.
        resource_url: For which service its token is.
        authority_url: Who gives the token.
        username: The user, if it is reached by user and password.
        password: The user's password.
        auth_type: v1's word for how it is reached: SqlAuthentication or ServicePrincipal.
        service_data_access_auth_identity: Accepted and without effect.

    v1: `azureml.data.azure_sql_database_datastore.AzureSqlDatabaseDatastore`.
    """

    client_secret = Credential("client_secret")
    password = Credential("password")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        server_name: str,
        database_name: str,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        resource_url: str | None = None,
        authority_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        auth_type: str | None = None,
        service_data_access_auth_identity: str | None = None,
    ) -> None:
        super().__init__(workspace, name, "AzureSqlDatabase")
        self.server_name = server_name
        self.database_name = database_name
        self.tenant_id = tenant_id
        self.client_id = client_id
        self.client_secret = client_secret
        self.resource_url = resource_url
        self.authority_url = authority_url
        self.username = username
        self.password = password
        self.auth_type = auth_type
        self.service_data_access_auth_identity = service_data_access_auth_identity


class AzurePostgreSqlDatastore(DatabaseDatastore):
    """A PostgreSQL database, in Azure or on any host.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        server_name: The host.
        database_name: The database.
        user_id: The user.
        user_password: The user's password.
        port_number: The port, 5432 by default.
        enforce_ssl: Whether a connection without TLS is refused.

    v1: `azureml.data.azure_postgre_sql_datastore.AzurePostgreSqlDatastore`.
    """

    user_password = Credential("password")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        server_name: str,
        database_name: str,
        user_id: str,
        user_password: str | None,
        port_number: int | None = None,
        enforce_ssl: bool = True,
    ) -> None:
        super().__init__(workspace, name, "AzurePostgreSql")
        self.server_name = server_name
        self.database_name = database_name
        self.user_id = user_id
        self.user_password = user_password
        self.port_number = port_number
        self.enforce_ssl = enforce_ssl


class AzureMySqlDatastore(DatabaseDatastore):
    """A MySQL or MariaDB database, in Azure or on any host.

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        server_name: The host.
        database_name: The database.
        user_id: The user.
        user_password: The user's password.
        port_number: The port, 3306 by default.

    v1: `azureml.data.azure_my_sql_datastore.AzureMySqlDatastore`.
    """

    user_password = Credential("password")

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        server_name: str,
        database_name: str,
        user_id: str,
        user_password: str | None,
        port_number: int | None = None,
    ) -> None:
        super().__init__(workspace, name, "AzureMySql")
        self.server_name = server_name
        self.database_name = database_name
        self.user_id = user_id
        self.user_password = user_password
        self.port_number = port_number


class SqlDatastore(DatabaseDatastore):
    """A database that SQLAlchemy knows, by its URL. (Not in v1.)

    Args:
        workspace: The workspace it belongs to.
        name: Its name.
        url: Its URL, without the password.
        password: The password.
    """

    password = Credential("password")

    def __init__(self, workspace: Workspace, name: str, url: str, password: str | None = None) -> None:
        super().__init__(workspace, name, "Sql")
        self.url = url
        self.password = password
