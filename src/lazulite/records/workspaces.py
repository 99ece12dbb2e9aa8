"""Workspaces: the roots under which everything else stands."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from lazulite.model.assets import Workspace
from lazulite.model.codec import dumps, loads
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.ids import new_id
from lazulite.records.columns import now
from lazulite.records.missing import not_found
from lazulite.records.tables import workspaces


def add(connection: Connection, workspace: Workspace) -> Workspace:
    """Record a new workspace; an id and the time of creation are given where it has none."""
    added = replace(workspace, id=workspace.id or new_id(), created_at=workspace.created_at or now())
    try:
        connection.execute(insert(workspaces).values(id=added.id, **_columns(added)))
    except IntegrityError as error:
        raise _taken(added) from error
    return added


def get(connection: Connection, ws_id: str) -> Workspace:
    """Return the workspace with that id."""
    text = connection.execute(_DOCUMENT, {"ws_id": ws_id}).scalar()
    if text is None:
        raise _missing(connection, ws_id)
    return loads(Workspace, text)


#: Built once: putting a query together takes longer than the database needs to answer it.
_DOCUMENT = select(workspaces.c.document).where(workspaces.c.id == bindparam("ws_id"))


def find(
    connection: Connection,
    name: str | None = None,
    subscription_id: str | None = None,
    resource_group: str | None = None,
) -> tuple[Workspace, ...]:
    """Return the workspaces for which every given value is equal, oldest first."""
    query = select(workspaces.c.document).order_by(workspaces.c.position)
    given = {"name": name, "subscription_id": subscription_id, "resource_group": resource_group}
    for column, value in given.items():
        if value is not None:
            query = query.where(workspaces.c[column] == value)
    return tuple(loads(Workspace, text) for text in connection.execute(query).scalars())


def replace_existing(connection: Connection, workspace: Workspace) -> Workspace:
    """Replace the workspace of the same id; the time of its creation stays."""
    lock(connection, workspace.id)
    kept = replace(workspace, created_at=get(connection, workspace.id).created_at)
    try:
        connection.execute(update(workspaces).where(workspaces.c.id == kept.id).values(**_columns(kept)))
    except IntegrityError as error:
        raise _taken(kept) from error
    return kept


def remove(connection: Connection, ws_id: str) -> None:
    """Delete the workspace and everything under it."""
    if connection.execute(delete(workspaces).where(workspaces.c.id == ws_id)).rowcount == 0:
        raise _missing(connection, ws_id)


def lock(connection: Connection, ws_id: str) -> None:
    """Make sure that the workspace exists and stays until this transaction ends; its writers take turns.

    Raises:
        NotFound: there is no such workspace.
    """
    query = select(workspaces.c.id).where(workspaces.c.id == ws_id).with_for_update()
    if connection.execute(query).scalar() is None:
        raise _missing(connection, ws_id)


def titled(connection: Connection, ws_id: str) -> str:
    """The workspace as a sentence names it.

    Raises:
        NotFound: there is no such workspace.
    """
    name = connection.execute(select(workspaces.c.name).where(workspaces.c.id == ws_id)).scalar()
    if name is None:
        raise _missing(connection, ws_id)
    return f"The workspace {name!r}"


def _columns(workspace: Workspace) -> dict[str, str]:
    return {
        "name": workspace.name,
        "subscription_id": workspace.subscription_id,
        "resource_group": workspace.resource_group,
        "document": dumps(workspace),
    }


def _missing(connection: Connection, ws_id: str) -> NotFound:
    known = connection.execute(select(workspaces.c.id).order_by(workspaces.c.position)).scalars().all()
    return not_found("workspace with the id", ws_id, "This system", known)


def _taken(workspace: Workspace) -> Conflict:
    return Conflict(
        f"A workspace {workspace.name!r} exists already in subscription {workspace.subscription_id!r}, resource "
        f"group {workspace.resource_group!r}. Choose another name, or get the existing one.",
        kind="workspace",
        name=workspace.name,
    )
