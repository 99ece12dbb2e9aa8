"""What principals prove themselves with: digests of passwords, secrets, tokens and sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update

from lazulite.model.access import Credential, CredentialKind, Known, Role, stronger
from lazulite.model.codec import dumps, loads
from lazulite.records import grants, principals
from lazulite.records.columns import now
from lazulite.records.missing import not_found
from lazulite.records.tables import credentials
from lazulite.records.tables import principals as principals_table

#: Of a principal there is one of these at a time.
_SINGLE = (CredentialKind.PASSWORD, CredentialKind.SECRET)


def add(connection: Connection, credential: Credential, digest: str) -> None:
    """Record it. A password or secret replaces the one before, and ends the sessions and tokens made with that."""
    if credential.kind in _SINGLE:
        mine = credentials.c.principal == credential.principal
        for old in connection.execute(
            select(credentials.c.id).where(mine, credentials.c.kind == credential.kind.value)
        ).scalars():
            remove(connection, old)
    connection.execute(
        insert(credentials).values(
            id=credential.id,
            principal=credential.principal,
            kind=credential.kind.value,
            digest=digest,
            label=credential.label,
            created_at=credential.created_at,
            expires_at=credential.expires_at,
            last_used_at=credential.last_used_at,
            behind=credential.behind,
            grants=dumps(credential.grants),
        )
    )


def known_by_digest(connection: Connection, kind: CredentialKind, digest: str) -> Known | None:
    """Return whose credential of that kind has that digest; None if nobody's has, or it has ended."""
    return _known(connection, and_(credentials.c.digest == digest, credentials.c.kind == kind.value))


def known_by_id(connection: Connection, credential_id: str) -> Known | None:
    """Return whose credential that is; None if it is gone or has ended."""
    return _known(connection, credentials.c.id == credential_id)


def digest_of(connection: Connection, kind: CredentialKind, name: str) -> tuple[str, str] | None:
    """Return id and digest of the password or secret of the principal with that name or id; None if it has none or is
    disabled."""
    row = connection.execute(
        select(credentials.c.id, credentials.c.digest)
        .join_from(credentials, principals_table)
        .where(
            or_(principals_table.c.name == name, principals_table.c.id == name),
            principals_table.c.disabled_at.is_(None),
            credentials.c.kind == kind.value,
        )
    ).first()
    return None if row is None else (row.id, row.digest)


def of_principal(
    connection: Connection, principal_id: str | None, kind: CredentialKind
) -> tuple[Credential, ...]:
    """Return those of a kind, oldest first; without a principal, everybody's."""
    query = select(credentials).where(credentials.c.kind == kind.value)
    if principal_id is not None:
        query = query.where(credentials.c.principal == principal_id)
    rows = connection.execute(query.order_by(credentials.c.created_at, credentials.c.id))
    return tuple(_credential(row) for row in rows)


def get(connection: Connection, credential_id: str) -> Credential:
    """Return the one with that id.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(credentials).where(credentials.c.id == credential_id)).first()
    if row is None:
        raise not_found("token", credential_id, "This system", [], "It was revoked, or never made.")
    return _credential(row)


def remove(connection: Connection, credential_id: str) -> None:
    """End it, and the sessions and tokens that were made with it."""
    connection.execute(
        delete(credentials).where(
            or_(credentials.c.id == credential_id, credentials.c.behind == credential_id)
        )
    )


def remove_ended(connection: Connection) -> None:
    """Remove what has ended by itself."""
    connection.execute(delete(credentials).where(credentials.c.expires_at <= now()))


def used(connection: Connection, credential_id: str) -> None:
    """Record that it was used now."""
    connection.execute(
        update(credentials).where(credentials.c.id == credential_id).values(last_used_at=now())
    )


def _known(connection: Connection, condition: ColumnElement[bool]) -> Known | None:
    lasting = or_(credentials.c.expires_at.is_(None), credentials.c.expires_at > now())
    row = connection.execute(select(credentials).where(condition, lasting)).first()
    if row is None:
        return None
    credential = _credential(row)
    principal = principals.get(connection, credential.principal)
    if principal.disabled_at is not None:
        return None
    return Known(
        principal, credential, stronger(grants.of_principal(connection, principal.id), credential.grants)
    )


def _credential(row: Row[Any]) -> Credential:
    return Credential(
        id=row.id,
        principal=row.principal,
        kind=CredentialKind(row.kind),
        created_at=row.created_at,
        label=row.label,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        behind=row.behind,
        grants=loads(dict[str, Role], row.grants),
    )
