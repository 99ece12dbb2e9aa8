"""Roles of principals, in a workspace or everywhere."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from lazulite.model.access import EVERYWHERE, Grant, Role
from lazulite.records import workspaces
from lazulite.records.insertion import insert_or_replace
from lazulite.records.tables import grants


def put(connection: Connection, grant: Grant) -> None:
    """Give the role; one that the principal had there before is replaced.

    Raises:
        NotFound: there is no such workspace.
    """
    if grant.workspace != EVERYWHERE:
        workspaces.lock(connection, grant.workspace)
    row = {"principal": grant.principal, "workspace": grant.workspace, "role": grant.role.value}
    insert_or_replace(connection, grants, [row])


def remove(connection: Connection, principal_id: str, workspace: str) -> bool:
    """Take the role away; whether there was one."""
    mine = (grants.c.principal == principal_id, grants.c.workspace == workspace)
    return connection.execute(delete(grants).where(*mine)).rowcount > 0


def remove_workspace(connection: Connection, workspace: str) -> None:
    """Take away all roles in a workspace: it is gone."""
    connection.execute(delete(grants).where(grants.c.workspace == workspace))


def of_principal(connection: Connection, principal_id: str) -> dict[str, Role]:
    """Return a principal's roles by workspace (or EVERYWHERE)."""
    rows = connection.execute(select(grants).where(grants.c.principal == principal_id))
    return {row.workspace: Role(row.role) for row in rows}


def everyone(connection: Connection) -> tuple[Grant, ...]:
    """Return all roles that were given."""
    rows = connection.execute(select(grants).order_by(grants.c.workspace, grants.c.principal))
    return tuple(Grant(row.principal, row.workspace, Role(row.role)) for row in rows)
