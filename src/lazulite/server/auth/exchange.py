"""`POST /auth/token`: a password or a secret against a token that soon ends, in the words of OAuth 2.

A program sends `grant_type=client_credentials` with `client_id` and `client_secret` (or both as HTTP Basic), a person's
tool `grant_type=password` with `username` and `password`.
"""

from __future__ import annotations

import base64
import binascii
import functools
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lazulite.model.access import Known
from lazulite.model.signed import ACCESS, sign
from lazulite.server.auth.forms import read_form
from lazulite.server.auth.logins import Logins, name_of
from lazulite.server.auth.rules import Rules
from lazulite.service.access.access import Access

PATH = "/auth/token"
#: By grant: the fields that hold name and secret, and what it is called if they are wrong.
_GRANTS = {
    "client_credentials": ("client_id", "client_secret", "invalid_client", 401),
    "password": ("username", "password", "invalid_grant", 400),
}


class Exchange:
    """The route."""

    def __init__(self, access: Access, logins: Logins, rules: Rules) -> None:
        self._access = access
        self._logins = logins
        self._rules = rules

    async def answer(self, request: Request) -> Response:
        """Give the token, or say in OAuth's words why not."""
        form = await read_form(request)
        asked = form.get("grant_type", "")
        if asked not in _GRANTS:
            return _refused(
                "unsupported_grant_type", f"grant_type is {asked[:40]!r}. Expected {' or '.join(_GRANTS)}."
            )
        name_field, secret_field, wrong, status = _GRANTS[asked]
        name, secret = form.get(name_field, ""), form.get(secret_field, "")
        is_program = asked == "client_credentials"
        if is_program and not secret:
            name, secret = _basic(request) or (name, secret)
        if not name or not secret:
            return _refused("invalid_request", f"The form lacks {name_field} or {secret_field}.")
        prove = self._access.known_by_secret if is_program else self._access.known_by_password
        known = await self._logins.attempt(request, name, functools.partial(prove, name, secret), name_of)
        if known is None:
            return _refused(wrong, f"{name_field} or {secret_field} is wrong.", status)
        return self._given(known)

    def _given(self, known: Known) -> Response:
        seconds = self._rules.access_seconds
        token = sign(self._access.signing_key, ACCESS, {"credential": known.credential.id}, seconds)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": seconds})


def _refused(error: str, words: str, status: int = 400) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004
    return JSONResponse({"error": error, "error_description": words}, status, headers)


def _basic(request: Request) -> tuple[str, str] | None:
    """Name and secret from HTTP Basic, as OAuth writes them there."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(name), unquote_plus(secret)) if colon else None
