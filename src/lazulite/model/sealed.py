"""Sealed text: secrets as they are kept. Who has the key opens them; anybody else can neither read nor alter them.

lzs1.<Fernet token: AES-128-CBC and HMAC-SHA256, by the `cryptography` library>
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from lazulite.model.errors import Corrupt, InvalidRequest

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

#: How sealed text begins.
PREFIX = "lzs1."


def is_sealed(text: str) -> bool:
    """Whether the text is one that `seal` gave."""
    return text.startswith(PREFIX)


def seal(key: bytes, text: str) -> str:
    """Return `text` sealed with `key`.

    Raises:
        InvalidRequest: the `cryptography` library is not installed.
    """
    return PREFIX + _fernet(key).encrypt(text.encode()).decode("ascii")


def unseal(key: bytes, sealed: str) -> str:
    """Return the text that was sealed with `key`.

    Raises:
        Corrupt: it was sealed with another key, or altered.
        InvalidRequest: the `cryptography` library is not installed.
    """
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(key).decrypt(sealed.removeprefix(PREFIX).encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Corrupt(
            "A stored secret cannot be opened with this home's sealing-key: it was sealed with another one (was the "
            "home copied without that file?), or altered. Give the credentials again."
        ) from error


def _fernet(key: bytes) -> Fernet:
    try:
        from cryptography.fernet import Fernet
    except ImportError as error:
        raise InvalidRequest(
            "Secrets are kept encrypted, and the library for that is not installed. "
            "Run: pip install 'lazulite[azure]' (or [s3], [sql], [server]: each brings it)."
        ) from error
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key).digest()))
