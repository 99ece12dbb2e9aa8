"""Looking whether a database can be reached, as steps will reach it."""

from __future__ import annotations

from collections.abc import Mapping

from lazulite.model.assets import Datastore
from lazulite.model.databases import DRIVERS, database_url
from lazulite.model.errors import InvalidRequest, StorageError

#: Types of datastore that hold tables.
TYPES = frozenset(DRIVERS)


def require(record: Datastore, credentials: Mapping[str, str]) -> None:
    """Log in once.

    Raises:
        InvalidRequest: the library for this kind of database is not installed, or the address cannot be read.
        StorageError: the database cannot be reached, or refuses user, password or database; in its own words.
    """
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    url = database_url(record, credentials)
    try:
        engine = sqlalchemy.create_engine(url, poolclass=NullPool)
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError) as error:
        raise InvalidRequest(
            f"The address of datastore '{record.name}' names no database that SQLAlchemy knows "
            f"({_without(str(error), credentials)})."
        ) from None
    except ImportError as error:
        raise InvalidRequest(
            f"Datastore '{record.name}' is a database whose library is not installed ({error}). "
            "Run: pip install 'lazulite[sql]'."
        ) from error
    try:
        with engine.connect():
            pass
    except sqlalchemy.exc.SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip()
        raise StorageError(
            f"The database '{record.container_name}' of datastore '{record.name}' cannot be reached: "
            f"{_without(said, credentials)}"
        ) from None
    finally:
        engine.dispose()


def _without(text: str, credentials: Mapping[str, str]) -> str:
    """What a library said, without the secrets that it may repeat."""
    for value in credentials.values():
        text = text.replace(value, "***") if value else text
    return text
