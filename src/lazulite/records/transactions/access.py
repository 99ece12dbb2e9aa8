"""Principals, what they prove themselves with, their roles, and the log of changes."""

from __future__ import annotations

from datetime import datetime

from lazulite.model.access import (
    AuditEntry,
    Credential,
    CredentialKind,
    Grant,
    Known,
    Principal,
    Role,
)
from lazulite.records import (
    audit,
    credentials,
    grants,
    principals,
)
from lazulite.records.transactions.base import Base


class AccessControl(Base):
    """Principals, what they prove themselves with, their roles, and the log of changes."""

    def add_principal(
        self,
        principal: Principal,
        credential: Credential | None = None,
        digest: str = "",
        role: Grant | None = None,
    ) -> Principal:
        """Record a principal, with what it proves itself with and a first role if they are given; `Conflict` if its
        name is taken."""
        with self._database.write() as connection:
            added = principals.add(connection, principal)
            if credential is not None:
                credentials.add(connection, credential, digest)
            if role is not None:
                grants.put(connection, role)
            return added

    def principal(self, name: str) -> Principal:
        """The principal with that name or id, or `NotFound`."""
        with self._database.read() as connection:
            return principals.get(connection, name)

    def principal_of_subject(self, subject: str) -> Principal | None:
        """The principal that an issuer knows by that name; None if it never came here."""
        with self._database.read() as connection:
            return principals.of_subject(connection, subject)

    def principals(self) -> tuple[Principal, ...]:
        """All principals, by name."""
        with self._database.read() as connection:
            return principals.everyone(connection)

    def disable_principal(self, principal_id: str) -> None:
        """It can do nothing any more, at once; its tokens and sessions are removed."""
        with self._database.write() as connection:
            principals.disable(connection, principal_id)

    def enable_principal(self, principal_id: str) -> None:
        """It can prove itself again."""
        with self._database.write() as connection:
            principals.enable(connection, principal_id)

    def add_credential(self, credential: Credential, digest: str) -> None:
        """Record a credential; a password or secret replaces the one before, and ends what was opened with that."""
        with self._database.write() as connection:
            credentials.remove_ended(connection)
            credentials.add(connection, credential, digest)

    def known_by_digest(self, kind: CredentialKind, digest: str) -> Known | None:
        """Whose credential that is, with its roles; None if nobody's, or it ended, or its principal is disabled."""
        with self._database.read() as connection:
            return credentials.known_by_digest(connection, kind, digest)

    def known_by_id(self, credential_id: str) -> Known | None:
        """As `known_by_digest`, by the credential's id."""
        with self._database.read() as connection:
            return credentials.known_by_id(connection, credential_id)

    def digest_of(self, kind: CredentialKind, name: str) -> tuple[str, str] | None:
        """Id and digest of the password or secret of the principal with that name or id."""
        with self._database.read() as connection:
            return credentials.digest_of(connection, kind, name)

    def credential(self, credential_id: str) -> Credential:
        """One credential, or `NotFound`."""
        with self._database.read() as connection:
            return credentials.get(connection, credential_id)

    def credentials(self, principal_id: str | None, kind: CredentialKind) -> tuple[Credential, ...]:
        """The credentials of a kind, oldest first; without a principal, everybody's."""
        with self._database.read() as connection:
            return credentials.of_principal(connection, principal_id, kind)

    def remove_credential(self, credential_id: str) -> None:
        """End a credential, and what was opened with it."""
        with self._database.write() as connection:
            credentials.remove(connection, credential_id)

    def credential_used(self, credential_id: str) -> None:
        """Record that it was used now."""
        with self._database.write() as connection:
            credentials.used(connection, credential_id)

    def put_grant(self, grant: Grant) -> None:
        """Give a role, in place of the one before; `NotFound` without the workspace."""
        with self._database.write() as connection:
            grants.put(connection, grant)

    def remove_grant(self, principal_id: str, workspace: str) -> bool:
        """Take a role away; whether there was one."""
        with self._database.write() as connection:
            return grants.remove(connection, principal_id, workspace)

    def grants_of(self, principal_id: str) -> dict[str, Role]:
        """The roles of a principal by workspace (or EVERYWHERE)."""
        with self._database.read() as connection:
            return grants.of_principal(connection, principal_id)

    def grants(self) -> tuple[Grant, ...]:
        """All roles that were given."""
        with self._database.read() as connection:
            return grants.everyone(connection)

    def add_audit(self, entry: AuditEntry) -> None:
        """Add to the log of changes."""
        with self._database.write() as connection:
            audit.add(connection, entry)

    def audit(
        self,
        workspace: str | None = None,
        principal: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditEntry, ...]:
        """Entries of the log of changes, newest first."""
        with self._database.read() as connection:
            return audit.find(connection, workspace, principal, before, limit)

    def forget_audit(self, before: datetime) -> int:
        """Remove older entries; returns how many."""
        with self._database.write() as connection:
            return audit.forget_before(connection, before)
