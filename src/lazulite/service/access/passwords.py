"""Passwords and random texts, and the digests that are kept of them.

A password is short and chosen by a person, so its digest is made slow and costly on purpose (scrypt, with a salt of its
own). The texts that we make are random and long: nobody guesses them, and a plain sha256 finds them in an index.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from lazulite.model.errors import InvalidRequest

#: 32 MiB of memory and about a tenth of a second for each try.
_N, _R, _P = 1 << 15, 8, 1
_MEMORY = 128 * _N * _R * 2
_SHORTEST, _LONGEST = 10, 1024
#: Of nobody: compared with where there is no such user, so that the time does not tell.
_NOBODY = f"scrypt${_N}${_R}${_P}${'A' * 24}${'A' * 44}"


def checked(password: str) -> str:
    """Return a new password that is good enough.

    Raises:
        InvalidRequest: it is too short, or too long.
    """
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise InvalidRequest(
            f"A password has {_SHORTEST} to {_LONGEST} characters; this one has {len(password)}."
        )
    return password


def digest(password: str) -> str:
    """Return what is kept of a password."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${_text(salt)}${_text(_scrypt(password, salt, _N, _R, _P))}"


def fits(password: str, kept: str | None) -> bool:
    """Whether that is the password of the digest `kept`; of None it never is, and takes as long."""
    _, n, r, p, salt, wanted = (kept or _NOBODY).split("$")
    if len(password) > _LONGEST:
        return False
    made = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, base64.b64decode(wanted)) and kept is not None


def random_text(prefix: str) -> str:
    """Return a new secret of 256 random bits. By its prefix people and scanners see what was left lying about."""
    return prefix + secrets.token_urlsafe(32)


def digest_of_random(text: str) -> str:
    """Return what is kept of a random text: enough to know it again, and not to find it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
