"""The address of a database, as SQLAlchemy reads it, from a datastore's record and credentials."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest

#: Types of datastore that hold tables, each with what speaks its protocol.
DRIVERS: Mapping[str, str] = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "sql": "mssql+pymssql",
}


def is_database(record: Datastore) -> bool:
    """Whether a datastore holds tables and no files."""
    return record.type in DRIVERS


def database_url(record: Datastore, credentials: Mapping[str, str]) -> str:
    """Return the SQLAlchemy URL of a datastore that holds tables. It holds the password: it is never shown.

    Args:
        record: A datastore of type postgresql, mysql or sql. `options["url"]`, if there is one, is a whole URL without the
            password, of any database that SQLAlchemy knows.
        credentials: What its secret holds: `password`.

    Raises:
        InvalidRequest: it holds files; or it is reached by a way for which there is no code.
    """
    if not is_database(record):
        raise InvalidRequest(f"Datastore '{record.name}' holds files ({record.type}). Expected a database.")
    if record.auth not in ("", "password", "anonymous"):
        raise InvalidRequest(
            f"Datastore '{record.name}' is a database that is reached by {record.auth}, and Lazulite logs in to databases by "
            "user name and password only. Register it with those."
        )
    password = credentials.get("password", "")
    if given := record.options.get("url"):
        return _with_password(given, password)
    user = record.options.get("user", "")
    login = quote_plus(user) + (f":{quote_plus(password)}" if password else "") + "@" if user else ""
    port = record.options.get("port", "")
    place = f"{record.account_name}{':' + port if port else ''}/{quote(record.container_name)}"
    return f"{DRIVERS[record.type]}://{login}{place}{_query(record)}"


def _with_password(url: str, password: str) -> str:
    found = urlsplit(url)
    if not password:
        return url
    user, _, host = found.netloc.rpartition("@")
    return found._replace(netloc=f"{user.partition(':')[0]}:{quote_plus(password)}@{host}").geturl()


def _query(record: Datastore) -> str:
    if record.type == "postgresql" and record.options.get("enforce_ssl") == "true":
        return "?" + urlencode({"sslmode": "require"})
    return ""
