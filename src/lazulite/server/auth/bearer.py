"""Bearer tokens of issuers (JWT): who it is and what it may do, if everything about the token is right.

What the token says of itself decides nothing but which issuer and which key are asked: the issuer is one of the
configuration, the key is fetched from there, the algorithm is one with a public key that fits it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lazulite.model.access import Role, stronger
from lazulite.model.errors import InvalidRequest
from lazulite.server.auth.issuer import Issuer
from lazulite.server.auth.issuer_keys import IssuerKeys

_LONGEST = 16 * 1024
#: How long a token that was right is not looked into again, in seconds, and of how many that is remembered.
_REMEMBER_SECONDS, _REMEMBERED = 60.0, 1000
_KEY_OF = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


@dataclass(frozen=True)
class Verified:
    """What a token proves. `roles` are by workspace as the configuration names it."""

    subject: str
    name: str
    roles: Mapping[str, Role]
    expires: float


class Bearers:
    """Checks the tokens of some issuers; for several threads.

    Raises:
        InvalidRequest: the packages for it are not installed.
    """

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = {issuer.url: (issuer, IssuerKeys(issuer)) for issuer in issuers}
        self._lock = threading.Lock()
        self._right: OrderedDict[bytes, tuple[float, Verified]] = OrderedDict()
        if issuers:
            _check_installed()

    def verified(self, token: str) -> Verified | None:
        """Return what `token` proves; None if anything about it is wrong. It may call the issuer.

        Raises:
            ServiceUnavailable: the issuer's keys cannot be had.
        """
        if not self._issuers or len(token) > _LONGEST:
            return None
        mark = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        now = time.time()
        with self._lock:
            until, known = self._right.get(mark, (0.0, None))
        if known is not None and now < until:
            return known
        found = self._looked_into(token)
        if found is not None:
            with self._lock:
                self._right[mark] = (min(now + _REMEMBER_SECONDS, found.expires), found)
                while len(self._right) > _REMEMBERED:
                    self._right.popitem(last=False)
        return found

    def _looked_into(self, token: str) -> Verified | None:
        import jwt

        try:
            said = jwt.decode_complete(token, options={"verify_signature": False})
            header, named = said["header"], said["payload"].get("iss")
            issuer, keys = self._issuers[named]
            algorithm = header.get("alg")
            if algorithm not in issuer.algorithms or "crit" in header:
                return None
            key = keys.key(header.get("kid"))
            if key is None or not _fits(key, algorithm):
                return None
            claims = jwt.decode(
                token,
                key=key.key,
                algorithms=[algorithm],
                audience=list(issuer.audience),
                issuer=issuer.url,
                leeway=issuer.leeway_seconds,
                options={"require": ["exp", "iss", "aud", issuer.subject_claim]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError):
            return None
        return _verified(issuer, claims)


def _fits(key: Any, algorithm: str) -> bool:
    """Whether a key of this kind makes such signatures; a key may say itself which."""
    if key.key_type != _KEY_OF.get(algorithm[:2]):
        return False
    declared = key._jwk_data.get("alg")  # noqa: SLF001 - it has no other way to tell what was declared, not guessed
    return declared in (None, algorithm)


def _verified(issuer: Issuer, claims: Mapping[str, Any]) -> Verified | None:
    subject = claims.get(issuer.subject_claim)
    if not isinstance(subject, str) or not subject:
        return None
    names = (claims.get(claim) for claim in issuer.name_claims)
    name = next((one for one in names if isinstance(one, str) and one), subject)
    roles: dict[str, Role] = {}
    for rule in issuer.rules:
        if rule.value in _values(claims, rule.claim):
            roles = stronger(roles, {rule.workspace: rule.role})
    return Verified(f"{issuer.realm}|{subject}", name, roles, float(claims["exp"]) + issuer.leeway_seconds)


def _values(claims: Mapping[str, Any], claim: str) -> Sequence[str]:
    if claim == "email" and claims.get("email_verified") is not True:
        return ()  # in some directories everybody may call themselves what they like
    value = claims.get(claim)
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else ()


def _check_installed() -> None:
    try:
        import cryptography  # noqa: F401
        import jwt  # noqa: F401
    except ImportError as error:
        raise InvalidRequest(
            f"The tokens of an issuer need packages that are not installed ({error}): pip install 'lazulite[server]'."
        ) from error
