"""Principals: users, programs, and those that an issuer vouches for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from lazulite.model.access import CredentialKind, Principal, PrincipalKind
from lazulite.model.errors import Conflict
from lazulite.records.columns import now
from lazulite.records.missing import not_found
from lazulite.records.tables import credentials, principals


def add(connection: Connection, principal: Principal) -> Principal:
    """Record a new one.

    Raises:
        Conflict: its name, or its subject, is taken.
    """
    added = replace(principal, created_at=principal.created_at or now())
    try:
        connection.execute(
            insert(principals).values(
                id=added.id,
                kind=added.kind.value,
                name=added.name,
                subject=added.subject,
                created_at=added.created_at,
                disabled_at=added.disabled_at,
            )
        )
    except IntegrityError as error:
        raise Conflict(
            f"There is a principal {added.name!r} already. Choose another name.",
            kind="principal",
            name=added.name,
        ) from error
    return added


def get(connection: Connection, name: str) -> Principal:
    """Return the one with that name or id.

    Raises:
        NotFound: there is none; similar names are named.
    """
    query = select(principals).where(or_(principals.c.name == name, principals.c.id == name))
    # An id is nobody's name unless somebody means to confuse: the id wins.
    rows = sorted(connection.execute(query), key=lambda row: row.id != name)
    if not rows:
        known = connection.execute(select(principals.c.name).order_by(principals.c.name)).scalars().all()
        raise not_found("principal", name, "This system", known)
    return of_row(rows[0])


def of_subject(connection: Connection, subject: str) -> Principal | None:
    """Return the one that an issuer knows by that name; None if it never came here."""
    row = connection.execute(select(principals).where(principals.c.subject == subject)).first()
    return None if row is None else of_row(row)


def everyone(connection: Connection) -> tuple[Principal, ...]:
    """Return all, by name."""
    return tuple(of_row(row) for row in connection.execute(select(principals).order_by(principals.c.name)))


def disable(connection: Connection, principal_id: str) -> None:
    """From now on it is nobody: what it could prove itself with, but for its password, is removed."""
    connection.execute(update(principals).where(principals.c.id == principal_id).values(disabled_at=now()))
    kept = (CredentialKind.PASSWORD.value, CredentialKind.SECRET.value)
    connection.execute(
        delete(credentials).where(credentials.c.principal == principal_id, credentials.c.kind.not_in(kept))
    )


def enable(connection: Connection, principal_id: str) -> None:
    """It is somebody again; tokens and sessions that it had do not come back."""
    connection.execute(update(principals).where(principals.c.id == principal_id).values(disabled_at=None))


def of_row(row: Row[Any]) -> Principal:
    """Return what a row of the table says."""
    return Principal(
        id=row.id,
        kind=PrincipalKind(row.kind),
        name=row.name,
        subject=row.subject,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
