"""Registering databases, with v1's parameters; of any host, and beyond v1 by any URL that SQLAlchemy knows.

v1's servers are names of Azure, to which it added the rest of the host's name. So here: a name without a dot gets v1's
suffix (`endpoint`); one with a dot, an address, and `localhost` are whole hosts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from lazulite.model.assets import Datastore as Record
from lazulite.sdk.datastores.registry import Login, known, needed, principal_login, register
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.datastores.databases import (
        AzureMySqlDatastore,
        AzurePostgreSqlDatastore,
        AzureSqlDatabaseDatastore,
        SqlDatastore,
    )
    from lazulite.sdk.workspace import Workspace


class DatabaseRegistration:
    """Databases of Azure, and others."""

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
    ) -> AzureSqlDatabaseDatastore:
        """Register a database of Azure SQL, or of any SQL Server, as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            server_name: The server. A name without a dot is one of Azure and gets `endpoint` behind it; one with a dot,
                an address, and localhost are the whole host.
            database_name: The database.
            tenant_id: The tenant of a service principal.
            client_id: The service principal's id.
            client_secret: Its secret.
            resource_url: For which service its token is; `https://database.windows.net/` by default.
            authority_url: Who gives the token; `https://login.microsoftonline.com` by default.
            endpoint: What follows a name of Azure; `database.windows.net` by default.
            overwrite: Let the name mean this database if it means something else.
            username: The user, instead of a service principal.
            password: The user's password.
            subscription_id: The server's subscription, for display.
            resource_group: The server's resource group, for display.
            grant_workspace_access: Recorded for display.
            **kwargs: `skip_validation`: do not try to log in before it is written. `port_number` (not in v1).

        Steps log in by user name and password only; a service principal is kept, and refused when it is used.

        Raises:
            UserErrorException: the name is not allowed or taken, or the database refuses the login. Nothing is written
                then.
        """
        skip, port = _extras(kwargs, "register_azure_sql_database")
        principal = principal_login(tenant_id, client_id, client_secret, resource_url, authority_url)
        if principal:
            url = resource_url or "https://database.windows.net/"
            login = Login(principal.auth, principal.credentials, {**principal.options, "resource_url": url})
        elif grant_workspace_access and not username:
            login = Login("managed_identity")
        else:
            login = _password_login(username, password, "username", "password")
        record = Record(
            datastore_name,
            type="sql",
            face="AzureSqlDatabase",
            container_name=needed(database_name, "database_name"),
            account_name=_host(server_name, endpoint, "database.windows.net"),
            auth=login.auth,
            options={
                **login.options,
                **known(port=port, subscription_id=subscription_id, resource_group=resource_group),
            },
        )
        # Of other ways than a password there is nothing to try: no step uses them.
        skip = skip or login.auth != "password"
        made = register(workspace, record, login.credentials, overwrite=overwrite, skip_validation=skip)
        return cast("AzureSqlDatabaseDatastore", made)

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
    ) -> AzurePostgreSqlDatastore:
        """Register a PostgreSQL database, of Azure or of any host, as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            server_name: The server. A name without a dot is one of Azure and gets `endpoint` behind it; one with a dot,
                an address, and localhost are the whole host.
            database_name: The database.
            user_id: The user.
            user_password: The user's password.
            port_number: The port; 5432 by default.
            endpoint: What follows a name of Azure; `postgres.database.azure.com` by default.
            overwrite: Let the name mean this database if it means something else.
            enforce_ssl: Refuse a connection without TLS.
            **kwargs: `skip_validation`: do not try to log in before it is written.

        Raises:
            UserErrorException: the name is not allowed or taken, or the database refuses the login. Nothing is written
                then.
        """
        skip, _ = _extras(kwargs, "register_azure_postgre_sql")
        login = _password_login(user_id, user_password, "user_id", "user_password")
        record = Record(
            datastore_name,
            type="postgresql",
            face="AzurePostgreSql",
            container_name=needed(database_name, "database_name"),
            account_name=_host(server_name, endpoint, "postgres.database.azure.com"),
            auth=login.auth,
            options={
                **login.options,
                "port": str(port_number or 5432),
                "enforce_ssl": str(bool(enforce_ssl)).lower(),
            },
        )
        made = register(workspace, record, login.credentials, overwrite=overwrite, skip_validation=skip)
        return cast("AzurePostgreSqlDatastore", made)

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
    ) -> AzureMySqlDatastore:
        """Register a MySQL or MariaDB database, of Azure or of any host, as a datastore.

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            server_name: The server. A name without a dot is one of Azure and gets `endpoint` behind it; one with a dot,
                an address, and localhost are the whole host.
            database_name: The database.
            user_id: The user.
            user_password: The user's password.
            port_number: The port; 3306 by default.
            endpoint: What follows a name of Azure; `mysql.database.azure.com` by default.
            overwrite: Let the name mean this database if it means something else.
            **kwargs: `skip_validation`: do not try to log in before it is written.

        Raises:
            UserErrorException: the name is not allowed or taken, or the database refuses the login. Nothing is written
                then.
        """
        skip, _ = _extras(kwargs, "register_azure_my_sql")
        login = _password_login(user_id, user_password, "user_id", "user_password")
        record = Record(
            datastore_name,
            type="mysql",
            face="AzureMySql",
            container_name=needed(database_name, "database_name"),
            account_name=_host(server_name, endpoint, "mysql.database.azure.com"),
            auth=login.auth,
            options={**login.options, "port": str(port_number or 3306)},
        )
        made = register(workspace, record, login.credentials, overwrite=overwrite, skip_validation=skip)
        return cast("AzureMySqlDatastore", made)

    @staticmethod
    def register_sql(
        workspace: Workspace,
        datastore_name: str,
        url: str,
        password: str | None = None,
        overwrite: bool = False,
        skip_validation: bool = False,
    ) -> SqlDatastore:
        """Register any database that SQLAlchemy knows as a datastore, by its URL. (Not in v1.)

        Args:
            workspace: The workspace.
            datastore_name: Its name: letters, digits and `_`; upper case becomes lower case, with a warning.
            url: Its URL, such as `sqlite:////data/sales.db` or `mysql+pymysql://me@host/sales`. A password in it is taken
                out and kept sealed.
            password: The password, instead of one in `url`.
            overwrite: Let the name mean this database if it means something else.
            skip_validation: Do not try to log in before it is written.

        Raises:
            UserErrorException: the name is not allowed or taken, the URL cannot be read, or the database refuses the
                login. Nothing is written then.

        Example:
            `Datastore.register_sql(ws, "sales", "sqlite:////data/sales.db")`
        """
        address, inner = _without_password(needed(url, "url"))
        secret = password or inner
        record = Record(
            datastore_name,
            type="sql",
            face="Sql",
            container_name=urlsplit(address).path.strip("/"),
            account_name=urlsplit(address).hostname or "",
            auth="password" if secret else "anonymous",
            options={"url": address},
        )
        made = register(
            workspace,
            record,
            {"password": secret} if secret else None,
            overwrite=overwrite,
            skip_validation=skip_validation,
        )
        return cast("SqlDatastore", made)


def _host(server_name: str, endpoint: str | None, suffix: str) -> str:
    """The whole host: a name of Azure gets what belongs behind it."""
    server = needed(server_name, "server_name").strip()
    if "." in server or ":" in server or server == "localhost":
        return server
    return f"{server}.{(endpoint or suffix).strip('.')}"


def _password_login(user: str | None, password: str | None, user_word: str, password_word: str) -> Login:
    if not password:
        raise UserErrorException(f"{password_word} is missing. Expected the password of the database's user.")
    return Login("password", {"password": password}, {"user": needed(user, user_word)})


def _extras(kwargs: dict[str, Any], method: str) -> tuple[bool, int | None]:
    """What v1 took as further keywords."""
    skip, port = bool(kwargs.pop("skip_validation", False)), kwargs.pop("port_number", None)
    if kwargs:
        raise UserErrorException(
            f"Datastore.{method} does not know {', '.join(kwargs)}. It knows skip_validation besides its parameters."
        )
    return skip, port


def _without_password(url: str) -> tuple[str, str | None]:
    """The URL without the password in it, and that password."""
    try:
        found = urlsplit(url)
        host, password = found.netloc.rpartition("@")[2], found.password
    except ValueError:
        found = None
    if found is None or not found.scheme or "://" not in url:
        # It is not repeated: it may hold a password.
        raise UserErrorException(
            "url cannot be read. Expected one such as postgresql+psycopg://user@host/database."
        )
    if password is None:
        return url, None
    return found._replace(netloc=f"{found.netloc.partition(':')[0]}@{host}").geturl(), unquote(password)
