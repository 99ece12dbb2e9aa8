"""The guard of a system with users: who calls, by any of the proofs, and the routes by which one becomes known."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import anyio
import anyio.to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lazulite.model.access import AuditEntry
from lazulite.server.auth import change_log, exchange, login, own_tokens
from lazulite.server.auth.bearer import Bearers
from lazulite.server.auth.change_log import ChangeLog
from lazulite.server.auth.cookies import SessionCookie
from lazulite.server.auth.exchange import Exchange
from lazulite.server.auth.issuer import Issuer
from lazulite.server.auth.login import Login
from lazulite.server.auth.logins import Logins
from lazulite.server.auth.own_tokens import OwnTokens
from lazulite.server.auth.proofs import Proof, Proofs
from lazulite.server.auth.rules import Rules
from lazulite.server.auth.throttle import Throttle
from lazulite.server.callers import Caller, bearer_token
from lazulite.service.access.access import Access

_OPEN = frozenset({exchange.PATH, login.PATH})
#: After so many entries in the log of changes those that are too old are removed.
_TRIM_EVERY = 500


class AccessGuard:
    """Knows the home's token, personal tokens, tokens that were given for a password or secret, those of runs, those of
    the issuers in the configuration, and browsers that logged in.

    Args:
        access: Who may do what, of the system that is served.
        issuers: Whose bearer tokens count.
        rules: How long proofs last.

    Raises:
        InvalidRequest: there are issuers, and the packages that check their tokens are not installed.
    """

    def __init__(self, access: Access, issuers: Sequence[Issuer] = (), rules: Rules | None = None) -> None:
        rules = rules or Rules()
        self._access = access
        self._audit_days = rules.audit_days
        self._entries = itertools.count(1)
        self._proofs = Proofs(access, Bearers(issuers))
        self._cookie = SessionCookie(access.home_token)
        logins = Logins(access, Throttle())
        self._login = Login(access, logins, self._proofs, self._cookie, rules)
        self._exchange = Exchange(access, logins, rules)

    async def identify(self, request: HTTPConnection) -> Caller | None:
        """Who calls. A token that proves nothing is not made up for by a cookie."""
        token = bearer_token(request)
        if token is not None:
            if self._proofs.is_home_token(token):
                return self._proofs.operator  # without a look into the records
            path = request.scope["path"]
            return _noted(request, await anyio.to_thread.run_sync(self._proofs.of_token, token, path))
        text = self._cookie.read(request)
        if text is None or login.has_key(request):  # a key in the address is exchanged first
            return None
        return _noted(request, await anyio.to_thread.run_sync(self._proofs.of_session, text))

    async def challenge(self, request: Request) -> Response | None:
        """The way to the login page for a browser."""
        return await self._login.challenge(request)

    def routes(self) -> Sequence[BaseRoute]:
        """Logging in and out, tokens, the log of changes."""
        tokens = OwnTokens(self._access)
        return (
            Route(exchange.PATH, self._exchange.answer, methods=["POST"]),
            Route(login.PATH, self._login.show, methods=["GET"]),
            Route(login.PATH, self._login.enter, methods=["POST"]),
            Route(login.OUT, self._login.leave, methods=["POST"]),
            Route(own_tokens.ME, tokens.me, methods=["GET"]),
            Route(own_tokens.TOKENS, tokens.listed, methods=["GET"]),
            Route(own_tokens.TOKENS, tokens.made, methods=["POST"]),
            Route(own_tokens.TOKEN, tokens.revoked, methods=["DELETE"]),
            Route(change_log.PATH, ChangeLog(self._access).answer, methods=["GET"]),
        )

    def is_open(self, path: str) -> bool:
        """The login page, and where a password is given for a token."""
        return path in _OPEN

    def audit(self, entry: AuditEntry) -> None:
        """Add to the log of changes, and remove from its old end now and then."""
        self._access.record(entry)
        if self._audit_days and next(self._entries) % _TRIM_EVERY == 1:
            self._access.forget_audit(self._audit_days)


def _noted(request: HTTPConnection, proof: Proof | None) -> Caller | None:
    if proof is None:
        return None
    request.state.known = proof.known
    return proof.caller
