"""Signed claims: short texts that a holder can show and cannot alter, for one purpose each.

    lz1.<claims, base64url of JSON>.<HMAC-SHA256 over purpose and claims, base64url>

There is one algorithm and nothing to negotiate, so nothing to confuse. The purpose is a part of what is signed: what was
made for one use is worthless for another, although both have the same key. The text is no secret store: whoever has it
can read the claims.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

#: How every signed text begins, so that one is known before it is looked into.
PREFIX = "lz1."
#: Longer texts are refused before anything is computed.
_LONGEST = 4096
#: The claim that says when it ends, in seconds since 1970.
EXPIRES = "exp"

#: Purposes. A run's own token; a short-lived token given for a password or secret; the key in a printed link.
RUN, ACCESS, LINK = "run", "access", "link"


def sign(key: bytes, purpose: str, claims: Mapping[str, Any], lifetime: float) -> str:
    """Return `claims` as signed text that ends in `lifetime` seconds.

    Args:
        key: The secret.
        purpose: What it is for; `claims_of` must be asked for the same.
        claims: JSON.
        lifetime: Seconds.
    """
    data = json.dumps({**claims, EXPIRES: int(time.time() + lifetime)}, separators=(",", ":"), sort_keys=True)
    body = _text(data.encode())
    return f"{PREFIX}{body}.{_text(_mac(key, purpose, body))}"


def claims_of(key: bytes, purpose: str, text: str) -> dict[str, Any] | None:
    """Return the claims of a signed text; None if it is not one of this key and purpose, or has ended."""
    if len(text) > _LONGEST or not text.startswith(PREFIX) or not text.isascii():
        return None
    body, dot, mac = text[len(PREFIX) :].partition(".")
    if not dot or not hmac.compare_digest(mac, _text(_mac(key, purpose, body))):
        return None
    try:
        claims = json.loads(base64.b64decode(_padded(body), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    if not isinstance(claims, dict) or not isinstance(claims.get(EXPIRES), int):
        return None
    return claims if claims[EXPIRES] > time.time() else None


def _mac(key: bytes, purpose: str, body: str) -> bytes:
    return hmac.new(key, f"{purpose}\0{body}".encode(), hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
