"""Who somebody is, by what they show."""

from __future__ import annotations

from datetime import timedelta

from lazulite.model.access import Credential, CredentialKind, Known, PrincipalKind
from lazulite.service.access import passwords
from lazulite.service.access.base import SECRET, SESSION, TOKEN, AccessBase, now

#: How exactly it is recorded when a token was last used: writing it at every request would be the request's main cost.
_USED_EXACTLY = timedelta(minutes=10)


class Proofs(AccessBase):
    """From a password, secret, token or session to whose it is."""

    def known_by_password(self, name: str, password: str) -> Known | None:
        """Who that is; takes a tenth of a second, whether it is somebody or not."""
        kept = self._records.digest_of(CredentialKind.PASSWORD, name)
        if not passwords.fits(password, kept[1] if kept else None) or kept is None:
            return None
        return self._records.known_by_id(kept[0])

    def known_by_secret(self, name: str, secret: str) -> Known | None:
        """Which program that is, by its id or name and its secret."""
        known = self._by_text(CredentialKind.SECRET, SECRET, secret)
        return known if known is not None and name in (known.principal.id, known.principal.name) else None

    def known_by_token(self, token: str) -> Known | None:
        """Whose personal token that is."""
        known = self._by_text(CredentialKind.TOKEN, TOKEN, token)
        if known is not None:
            self._note_use(known.credential)
        return known

    def known_by_session(self, text: str) -> Known | None:
        """Whose session that is. One of the operator ends when the home's token is made anew."""
        known = self._by_text(CredentialKind.SESSION, SESSION, text)
        if known is not None and known.principal.kind is PrincipalKind.OPERATOR:
            return known if known.credential.behind == self._print_of_home() else None
        return known

    def known_by_credential(self, credential_id: str) -> Known | None:
        """Whose credential that is, as long as it lasts."""
        return self._records.known_by_id(credential_id)

    def _by_text(self, kind: CredentialKind, prefix: str, text: str) -> Known | None:
        if not text.startswith(prefix):
            return None
        # What is compared is a digest: how far a wrong one agrees tells nothing of the text.
        return self._records.known_by_digest(kind, passwords.digest_of_random(text))

    def _note_use(self, credential: Credential) -> None:
        last = credential.last_used_at
        if last is None or now() - last > _USED_EXACTLY:
            self._records.credential_used(credential.id)

    def _print_of_home(self) -> str:
        return passwords.digest_of_random("session " + self.home_token)
