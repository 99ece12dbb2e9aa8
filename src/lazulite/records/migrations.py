"""The schema's version, and how an older database becomes a newer one.

A new database gets the tables as they are in `tables` and the newest version. An older one goes through the steps it
lacks, in order, all in one transaction. There is no way back: a database newer than the code is refused, untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, insert, inspect, select, update

from lazulite.model.errors import Corrupt
from lazulite.records.tables import SERVER_TABLES, metadata, runs, schema_version

Step = Callable[[Connection], None]


def _index_runs(connection: Connection, name: str) -> None:
    next(index for index in runs.indexes if index.name == name).create(connection, checkfirst=True)


def _index_kinds(connection: Connection) -> None:
    _index_runs(connection, "runs_of_kind")


def _add_server_tables(connection: Connection) -> None:
    metadata.create_all(connection, tables=SERVER_TABLES)
    _index_runs(connection, "top_runs_of_status")


#: Step n (from 0) leads from version n + 1 to n + 2. Append only; never edit a step that was released.
STEPS: tuple[Step, ...] = (_index_kinds, _add_server_tables)

#: The version of a database that this code makes.
NEWEST = len(STEPS) + 1


def is_current(connection: Connection, steps: Sequence[Step] = STEPS) -> bool:
    """Whether nothing needs to be done. Reads only.

    Raises:
        Corrupt: the database was written by a newer version, or is not one of ours.
    """
    return _checked_version(connection, _newest(steps)) == _newest(steps)


def migrate(connection: Connection, steps: Sequence[Step] = STEPS) -> None:
    """Create the tables, or bring them to the newest version. To be called inside a write transaction.

    Raises:
        Corrupt: the database was written by a newer version, or is not one of ours.
    """
    newest = _newest(steps)
    version = _checked_version(connection, newest)
    if version == 0:
        metadata.create_all(connection)
        connection.execute(insert(schema_version).values(version=newest))
        return
    for step in steps[version - 1 :]:
        step(connection)
    connection.execute(update(schema_version).values(version=newest))


def _newest(steps: Sequence[Step]) -> int:
    return len(steps) + 1


def _version(connection: Connection) -> int:
    """The version found; 0 for a database without any table."""
    names = inspect(connection).get_table_names()
    if not names:
        return 0
    if schema_version.name in names:
        version = connection.execute(select(schema_version.c.version)).scalar()
        if isinstance(version, int) and version >= 1:
            return version
    raise Corrupt(
        f"The database {_name(connection)} exists but was not made by Lazulite (its tables: "
        f"{', '.join(sorted(names)[:5])}). Choose another home folder, or move that file away."
    )


def _checked_version(connection: Connection, newest: int) -> int:
    version = _version(connection)
    if version > newest:
        raise Corrupt(
            f"The database {_name(connection)} was written by a newer version of Lazulite: its schema has version "
            f"{version}, and this one knows versions up to {newest}. Install the newer version again "
            "(pip install --upgrade lazulite); nothing was changed.",
            found=version,
            supported=newest,
        )
    return version


def _name(connection: Connection) -> str:
    return connection.engine.url.database or connection.engine.url.render_as_string()
