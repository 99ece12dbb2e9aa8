"""Personal tokens, and sessions of browsers."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import timedelta

from lazulite.model.access import Credential, CredentialKind, Known, Principal, PrincipalKind, Role
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.service.access import passwords
from lazulite.service.access.base import OPERATOR, OPERATOR_NAME, SESSION, TOKEN, new_credential
from lazulite.service.access.proofs import Proofs

_MOST_TOKENS = 100
_LONGEST_LABEL = 200


class Tokens(Proofs):
    """Making and ending tokens and sessions."""

    def create_token(self, name: str, label: str, days: float | None = None) -> tuple[Credential, str]:
        """Make a personal token; returns what is listed of it, and its text.

        Args:
            name: Whose it is.
            label: What it is for.
            days: When it ends; None: never.

        Raises:
            NotFound: there is no such principal.
            InvalidRequest: the label or the days cannot be, the principal is disabled, or has too many tokens.
        """
        principal = self._records.principal(name)
        if principal.disabled_at is not None:
            raise InvalidRequest(f"{principal.name!r} is disabled.")
        if not label or len(label) > _LONGEST_LABEL or not label.isprintable():
            raise InvalidRequest(f"A token's label has 1 to {_LONGEST_LABEL} printable characters.")
        if days is not None and not 0 < days <= 3650:  # noqa: PLR2004 - ten years
            raise InvalidRequest(f"A token lasts up to 3650 days; not {days:g}.")
        if len(self._records.credentials(principal.id, CredentialKind.TOKEN)) >= _MOST_TOKENS:
            raise InvalidRequest(f"{principal.name!r} has {_MOST_TOKENS} tokens. Revoke some first.")
        lifetime = None if days is None else timedelta(days=days)
        credential = new_credential(principal.id, CredentialKind.TOKEN, label=label, lifetime=lifetime)
        return self._kept(credential, TOKEN)

    def tokens(self, name: str | None = None) -> tuple[Credential, ...]:
        """The personal tokens of a principal, or of all, oldest first. `NotFound` if there is no such principal."""
        owner = None if name is None else self._records.principal(name).id
        return self._records.credentials(owner, CredentialKind.TOKEN)

    def revoke_token(self, token_id: str, principal_id: str | None = None) -> None:
        """End a token, and the sessions that it opened. `NotFound` if there is none, or it is not `principal_id`'s."""
        found = self._records.credential(token_id)
        if found.kind is not CredentialKind.TOKEN or principal_id not in (None, found.principal):
            raise NotFound(f"There is no token {token_id!r}.", kind="token", name=token_id)
        self._records.remove_credential(token_id)

    def stems_from_token(self, known: Known) -> bool:
        """Whether a personal token proved it: by itself, or by a session that it opened."""
        proved = known.credential
        if proved.kind is CredentialKind.SESSION:
            try:
                proved = self._records.credential(proved.behind)
            except NotFound:  # what opened it has just ended, and the session with it
                return True
        return proved.kind is CredentialKind.TOKEN

    def open_session(self, known: Known, lifetime: timedelta) -> str:
        """Return the text of a new session of somebody who is known; it ends with what proved it."""
        behind = known.credential.id
        credential = new_credential(
            known.principal.id, CredentialKind.SESSION, lifetime=lifetime, behind=behind
        )
        return self._kept(credential, SESSION)[1]

    def open_external_session(
        self, principal_id: str, lifetime: timedelta, grants: Mapping[str, Role]
    ) -> str:
        """Return the text of a new session of whom an issuer vouches for.

        Args:
            principal_id: Who it is.
            lifetime: As long as the issuer's token lasts.
            grants: Roles that the issuer's token gives.
        """
        credential = new_credential(principal_id, CredentialKind.SESSION, lifetime=lifetime, grants=grants)
        return self._kept(credential, SESSION)[1]

    def open_operator_session(self, lifetime: timedelta) -> str:
        """Return the text of a new session of who has the home's token."""
        with contextlib.suppress(Conflict):  # there since the first time
            self._records.add_principal(Principal(OPERATOR, PrincipalKind.OPERATOR, OPERATOR_NAME))
        behind = self._print_of_home()
        credential = new_credential(OPERATOR, CredentialKind.SESSION, lifetime=lifetime, behind=behind)
        return self._kept(credential, SESSION)[1]

    def close_session(self, text: str) -> None:
        """End a session."""
        known = self._by_text(CredentialKind.SESSION, SESSION, text)
        if known is not None:
            self._records.remove_credential(known.credential.id)

    def _kept(self, credential: Credential, prefix: str) -> tuple[Credential, str]:
        text = passwords.random_text(prefix)
        self._records.add_credential(credential, passwords.digest_of_random(text))
        return credential, text
