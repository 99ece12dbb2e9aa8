"""Trying a password or secret: so often only, few at a time, and each try in the log of changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request

from lazulite.model.access import AuditEntry, Known
from lazulite.model.errors import TooManyAttempts
from lazulite.server.auth.forms import address_of
from lazulite.server.auth.throttle import Throttle
from lazulite.service.access.access import Access

#: Each takes 32 MiB and a core for a tenth of a second.
_AT_A_TIME = 2
T = TypeVar("T")


class Logins:
    """Tries proofs that somebody could guess."""

    def __init__(self, access: Access, throttle: Throttle) -> None:
        self._access = access
        self._throttle = throttle
        self._limiter: anyio.CapacityLimiter | None = None

    async def attempt(
        self, request: Request, name: str, prove: Callable[[], T | None], called: Callable[[T], str]
    ) -> T | None:
        """Return what `prove`, which may block, returns: None if the proof is wrong.

        Args:
            request: Where it was tried.
            name: Who it is said to be.
            prove: Looks it up.
            called: The name of who it turned out to be, for the log of changes.

        Raises:
            TooManyAttempts: there were too many wrong ones, or too many are tried at this moment.
        """
        address = address_of(request)
        self._throttle.check(name, address)
        if self._limiter is None:  # it belongs to the event loop
            self._limiter = anyio.CapacityLimiter(_AT_A_TIME)
        if self._limiter.statistics().tasks_waiting > _AT_A_TIME * 25:
            raise TooManyAttempts("Too many log in at this moment. Wait a few seconds.", retry_after=5)
        known = await anyio.to_thread.run_sync(
            lambda: self._tried(name, address, prove, called), limiter=self._limiter
        )
        (self._throttle.failed if known is None else self._throttle.succeeded)(name, address)
        return known

    def _tried(
        self, name: str, address: str, prove: Callable[[], T | None], called: Callable[[T], str]
    ) -> T | None:
        self._throttle.check(name, address)  # others may have failed while this one waited
        known = prove()
        # Of a wrong one only that it was wrong: people type a password where the name belongs.
        who = "" if known is None else called(known)
        entry = AuditEntry(
            sequence=0,
            at=datetime.now(timezone.utc),
            principal=who,
            operation="login",
            outcome="Unauthenticated" if known is None else "ok",
            address=address,
        )
        self._access.record(entry)
        return known


def name_of(known: Known) -> str:
    """The name of who proved it."""
    return known.principal.name
