"""Who calls: what a request's caller is, and how one is told from another.

The server knows callers only through a `Guard`. `HomeGuard` is that of one person's machine: whoever has the token of the
home folder may do everything. A team's server uses the guard of `lazulite.server.auth`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.model.access import EVERYWHERE, AuditEntry, Role

#: Called after every operation that changes something, done or refused, in a worker thread: it may block. It is
#: `app.state.audit`, None if nobody keeps such a log.
Audit = Callable[[AuditEntry], None]


@dataclass(frozen=True)
class Caller:
    """Somebody whose request was accepted as theirs.

    `grants` maps a workspace's id, or EVERYWHERE, to a role. `run_id` is set for the token of a run, which reaches only
    the runs in `reach`: its own, and the one that this request is about, if that is below it. `by_cookie` is set if a browser sent the proof by itself: such a request changes
    something only if it comes from our own pages. `is_operator` is set for who has the home's own token: the one person
    whose machine it is.
    """

    id: str
    name: str
    grants: Mapping[str, Role] = field(default_factory=dict)
    run_id: str | None = None
    by_cookie: bool = False
    is_operator: bool = False
    reach: frozenset[str] = frozenset()

    def may(self, role: Role, workspace: str) -> bool:
        """Whether the caller has `role`, or a higher one, in that workspace (an id, or EVERYWHERE)."""
        held = [self.grants[place] for place in (workspace, EVERYWHERE) if place in self.grants]
        return any(one.includes(role) for one in held)


class Guard(Protocol):
    """Tells callers apart, and brings what it needs for that: its pages, and answers to people who are not known yet."""

    async def identify(self, request: HTTPConnection) -> Caller | None:
        """Who calls, by the request's headers; None if it does not say or cannot prove it.

        It runs for every request, inside the event loop: what blocks (a database, an issuer's keys) is looked up in a
        worker thread, and remembered.
        """

    async def challenge(self, request: Request) -> Response | None:
        """What a caller who is not known gets instead of 401: a redirect to the login page, or to the same page with a
        cookie in exchange for a key in the address. None: 401."""

    def routes(self) -> Sequence[BaseRoute]:
        """Routes of its own: login, tokens, users."""

    def is_open(self, path: str) -> bool:
        """Whether that path of its routes answers without a caller, as a login page must."""

    @property
    def audit(self) -> Audit | None:
        """What keeps the log of changes, if there is one."""


class HomeGuard:
    """The guard of one home folder: who sends its token is its owner."""

    audit: Audit | None = None

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._owner = Caller("owner", "owner", {EVERYWHERE: Role.OWNER}, is_operator=True)

    async def identify(self, request: HTTPConnection) -> Caller | None:
        sent = bearer_token(request)
        if sent is not None and hmac.compare_digest(sent.encode(), self._token):
            return self._owner
        return None

    async def challenge(self, request: Request) -> Response | None:
        return None

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    def is_open(self, path: str) -> bool:
        return False


def bearer_token(request: HTTPConnection) -> str | None:
    """The token of the request's Authorization header, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
