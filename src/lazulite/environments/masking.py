"""Takes credentials out of what is logged or shown: package indexes are often addressed with a token in the URL."""

from __future__ import annotations

import re

_USER_INFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/@\s]+@")
_SECRET_QUERY = re.compile(
    r"(?P<name>[?&](?:token|password|key|sig|access_token|auth)=)[^&\s]+", re.IGNORECASE
)


def masked(text: str) -> str:
    """Return `text` with `***` for user and password, and for tokens in the query, of every URL in it."""
    return _SECRET_QUERY.sub(r"\g<name>***", _USER_INFO.sub(r"\g<scheme>***@", text))
