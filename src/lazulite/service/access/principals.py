"""Principals: users, programs, and those that an issuer vouches for."""

from __future__ import annotations

import re

from lazulite.model import ids
from lazulite.model.access import EVERYWHERE, CredentialKind, Grant, Principal, PrincipalKind, Role
from lazulite.model.errors import Conflict, InvalidRequest
from lazulite.service.access import passwords
from lazulite.service.access.base import SECRET, AccessBase, new_credential, new_principal

_FIRST = "admin"
_LONGEST_NAME = 100


class Principals(AccessBase):
    """Adding, finding, disabling principals, and giving them passwords and secrets."""

    def add_user(self, name: str, password: str | None = None) -> Principal:
        """Add a person. Without a password it can do nothing until it has one, or a token.

        Raises:
            InvalidName, InvalidRequest: the name or the password is not one.
            Conflict: the name is taken.
        """
        principal = new_principal(PrincipalKind.USER, name)
        if password is None:
            return self._records.add_principal(principal)
        credential = new_credential(principal.id, CredentialKind.PASSWORD)
        kept = passwords.digest(passwords.checked(password))
        return self._records.add_principal(principal, credential, kept)

    def add_service_principal(self, name: str) -> tuple[Principal, str]:
        """Add a program; returns it and its secret. v1's `service_principal_id` is its id or its name.

        Raises:
            InvalidName, Conflict: as `add_user`.
        """
        principal, secret = new_principal(PrincipalKind.SERVICE, name), passwords.random_text(SECRET)
        credential = new_credential(principal.id, CredentialKind.SECRET)
        return self._records.add_principal(principal, credential, passwords.digest_of_random(secret)), secret

    def is_anybody_known(self) -> bool:
        """Whether there is any user or program besides who runs the system."""
        return any(one.kind is not PrincipalKind.OPERATOR for one in self._records.principals())

    def first_administrator(self, password: str | None = None) -> tuple[Principal, str | None] | None:
        """Add the user `admin` who may do everything, unless anybody is there already; returns it, and the password
        where none was given.

        Raises:
            InvalidRequest: the password is too short.
        """
        if self.is_anybody_known():
            return None
        chosen = passwords.checked(password) if password is not None else passwords.random_text("")
        principal = new_principal(PrincipalKind.USER, _FIRST)
        credential = new_credential(principal.id, CredentialKind.PASSWORD)
        role = Grant(principal.id, EVERYWHERE, Role.OWNER)
        try:
            added = self._records.add_principal(principal, credential, passwords.digest(chosen), role)
        except Conflict:  # another process was first
            return None
        return added, chosen if password is None else None

    def external(self, subject: str, name: str) -> Principal:
        """Return the principal that an issuer vouches for, added when it comes first.

        Args:
            subject: The issuer and its name there, which never change.
            name: What it is called, for people; never a proof of anything.
        """
        plain = re.sub(r"[^\w.@+ -]", "_", name)[:_LONGEST_NAME] or "unnamed"
        for called in (plain, f"{plain} #{passwords.digest_of_random(subject)[:12]}"):
            known = self._records.principal_of_subject(subject)
            if known is not None:
                return known
            try:
                return self._records.add_principal(
                    Principal(ids.new_id(), PrincipalKind.EXTERNAL, called, subject)
                )
            except Conflict:  # of the name, which somebody else has, or of the subject, which came just now
                continue
        raise Conflict(f"The principal {name!r} could not be added.", kind="principal", name=name)

    def principals(self) -> tuple[Principal, ...]:
        """All principals, by name; the machine's own operator is none of them."""
        return tuple(one for one in self._records.principals() if one.kind is not PrincipalKind.OPERATOR)

    def principal(self, name: str) -> Principal:
        """The one with that name or id, or `NotFound`."""
        return self._records.principal(name)

    def set_password(self, name: str, password: str) -> None:
        """Give a user a new password; sessions that the old one opened end.

        Raises:
            NotFound: there is no such user.
            InvalidRequest: the password is too short, or the principal is no user.
        """
        principal = self._records.principal(name)
        if principal.kind is not PrincipalKind.USER:
            raise InvalidRequest(f"{principal.name!r} is no user of this system ({principal.kind.value}).")
        kept = passwords.digest(passwords.checked(password))
        self._records.add_credential(new_credential(principal.id, CredentialKind.PASSWORD), kept)

    def new_secret(self, name: str) -> str:
        """Return a new secret of a program; the old one ends at once.

        Raises:
            NotFound, InvalidRequest: there is no such program.
        """
        principal = self._records.principal(name)
        if principal.kind is not PrincipalKind.SERVICE:
            raise InvalidRequest(f"{principal.name!r} is no program ({principal.kind.value}).")
        secret = passwords.random_text(SECRET)
        credential = new_credential(principal.id, CredentialKind.SECRET)
        self._records.add_credential(credential, passwords.digest_of_random(secret))
        return secret

    def disable(self, name: str) -> Principal:
        """Whatever it has proves nothing any more, at once; tokens and sessions are gone for good.

        Raises:
            NotFound: there is no such principal.
            InvalidRequest: it is the machine's own operator.
        """
        principal = self._records.principal(name)
        if principal.kind is PrincipalKind.OPERATOR:
            raise InvalidRequest(
                "Who has the home folder can always use it. Delete its file `token` to end sessions."
            )
        self._records.disable_principal(principal.id)
        return principal

    def enable(self, name: str) -> Principal:
        """It may prove itself again, by its password, secret or issuer. `NotFound` if there is no such principal."""
        principal = self._records.principal(name)
        self._records.enable_principal(principal.id)
        return principal
