"""`/auth/me` and `/auth/tokens`: who one is, and one's own personal tokens.

A token is made by who logged in with a password, in a browser or by `POST /auth/token`; never with another personal
token, nor in a session that one opened: it would so outlive its own end. Whom an issuer vouches for gets tokens from there.
"""

from __future__ import annotations

import functools
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lazulite.model.access import Credential, Known, PrincipalKind
from lazulite.model.codec import to_data
from lazulite.model.errors import Forbidden, InvalidRequest
from lazulite.server.bodies import read_json
from lazulite.server.callers import Caller
from lazulite.service.access.access import Access

ME, TOKENS, TOKEN = "/auth/me", "/auth/tokens", "/auth/tokens/{token}"
_LARGEST = 4096
_CREATED, _NO_CONTENT = 201, 204


class OwnTokens:
    """The routes."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def me(self, request: Request) -> Response:
        """GET: who calls, and with which roles."""
        caller: Caller = request.state.caller
        return JSONResponse({"id": caller.id, "name": caller.name, "roles": to_data(dict(caller.grants))})

    async def listed(self, request: Request) -> Response:
        """GET: the caller's tokens, without their texts."""
        known = _user(request)
        found = await anyio.to_thread.run_sync(self._access.tokens, known.principal.id)
        return JSONResponse([_document(one) for one in found])

    async def made(self, request: Request) -> Response:
        """POST {"label", "days"}: a new one; its text is in this answer and nowhere else."""
        known = _user(request)
        if await anyio.to_thread.run_sync(self._access.stems_from_token, known):
            raise Forbidden("A personal token makes no other. Log in with the password.")
        request.scope["lazulite.body"].limit = _LARGEST
        label, days = _wanted(await read_json(request))
        make = functools.partial(self._access.create_token, known.principal.id, label, days)
        credential, text = await anyio.to_thread.run_sync(make)
        return JSONResponse({**_document(credential), "token": text}, _CREATED)

    async def revoked(self, request: Request) -> Response:
        """DELETE: end one."""
        known = _user(request)
        end = functools.partial(self._access.revoke_token, request.path_params["token"], known.principal.id)
        await anyio.to_thread.run_sync(end)
        return Response(status_code=_NO_CONTENT)


def _user(request: Request) -> Known:
    known: Known | None = getattr(request.state, "known", None)
    if known is None or known.principal.kind is not PrincipalKind.USER:
        raise Forbidden("Personal tokens belong to the users of this system, and who calls is none.")
    return known


def _wanted(data: Any) -> tuple[str, float | None]:
    if (
        not isinstance(data, dict)
        or not set(data) <= {"label", "days"}
        or not isinstance(data.get("label"), str)
    ):
        raise InvalidRequest('Expected {"label": text, "days": number or null}.')
    days = data.get("days")
    if isinstance(days, bool) or not isinstance(days, (int, float, type(None))):
        raise InvalidRequest(f"days is {days!r}. Expected a number, or null for a token that does not end.")
    return data["label"], days


def _document(credential: Credential) -> dict[str, Any]:
    names = ("id", "label", "created_at", "expires_at", "last_used_at")
    return {name: to_data(getattr(credential, name)) for name in names}
