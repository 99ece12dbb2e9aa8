"""The log of changes, as the server writes it: an entry for every request that could change something, done or refused.

Operations write their own entry, with what they were about. Whatever else has a method that changes (a form of a page, a
route that somebody adds) gets one from the gate, so that none can be forgotten. A caller who is not known is not written
down: strangers must not fill the records. What was sent is never written down.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from starlette.requests import Request

from lazulite.model.access import AuditEntry
from lazulite.server.callers import Caller

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: In the request's scope: the entry is written, or nothing can change. The error that is answered.
WRITTEN, OUTCOME = "lazulite.written", "lazulite.outcome"
_LONGEST = 300


def leave(request: Request) -> None:
    """Whoever calls this writes the entry itself, where one is due."""
    request.scope[WRITTEN] = True


def entry(
    request: Request, operation: str, outcome: str, workspace: str = "", target: str = ""
) -> AuditEntry:
    """What is written down of a request."""
    caller: Caller = request.state.caller
    return AuditEntry(
        sequence=0,  # given by who keeps it
        at=datetime.now(timezone.utc),
        principal=caller.name,
        operation=operation,
        workspace=workspace,
        target=target[:_LONGEST],
        outcome=outcome,
        address=request.client.host if request.client else "",
        data={"id": caller.id},
    )


def due(request: Request, status: int) -> Callable[[], None] | None:
    """What writes the entry of a request that is about to be answered with `status`; None if none is due."""
    scope = request.scope
    log = request.app.state.audit
    caller = request.state.caller
    if log is None or caller is None or scope["method"] in _SAFE or scope.get(WRITTEN):
        return None
    outcome = scope.get(OUTCOME) or ("ok" if status < 400 else str(status))  # noqa: PLR2004
    here = getattr(request.state, "workspace", None)
    workspace = here.id if here is not None else str(scope.get("path_params", {}).get("workspace", ""))
    made = entry(request, f"{scope['method']} {scope['path']}"[:_LONGEST], outcome, workspace)
    return lambda: log(made)
