"""From what a request shows to who sent it: the home's token, personal tokens, signed tokens, an issuer's, a session."""

from __future__ import annotations

import getpass
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import NamedTuple
from urllib.parse import unquote

from lazulite.model.access import EVERYWHERE, Known, PrincipalKind, Role, stronger
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.signed import ACCESS, EXPIRES, PREFIX, RUN, claims_of
from lazulite.server.auth.bearer import Bearers, Verified
from lazulite.server.auth.remembered import Remembered
from lazulite.server.callers import Caller
from lazulite.service.access.access import Access
from lazulite.service.access.base import TOKEN

#: A path of our API that is about one run.
_OF_A_RUN = re.compile(r"/api/v1/workspaces/([^/]+)/runs/([^/]+)")
#: How long a workspace's name in the configuration stands for the same id, in seconds.
_NAMES_SECONDS = 30.0


class Proof(NamedTuple):
    """Who it is; `known`, of what this system can end: a password, secret, token or session; `verified`, of an issuer.
    `ends` is when what was shown proves nothing any more; None: never by itself."""

    caller: Caller
    known: Known | None = None
    verified: Verified | None = None
    ends: datetime | None = None


class Proofs:
    """Looks proofs up. All of it may block."""

    def __init__(self, access: Access, bearers: Bearers) -> None:
        self._access = access
        self._bearers = bearers
        self._home_token = access.home_token.encode()
        # Apart from each other: an id is no secret, and must not pass for a token that was remembered.
        self._tokens = Remembered(access.version)
        self._sessions = Remembered(access.version)
        self._credentials = Remembered(access.version)
        self._ids: dict[str, tuple[float, str | None]] = {}
        self.operator = Caller("operator", _user(), {EVERYWHERE: Role.OWNER}, is_operator=True)

    def is_home_token(self, token: str) -> bool:
        """Whether it is the home's own token."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self._home_token)

    def of_token(self, token: str, path: str) -> Proof | None:
        """Whose token that is; None if nobody's. Of a run's token, what it reaches depends on the path."""
        if self.is_home_token(token):
            return Proof(self.operator)
        if token.startswith(TOKEN):
            known = self._tokens.known(token, self._access.known_by_token)
            return None if known is None else _proof(known)
        if token.startswith(PREFIX):
            return self._of_signed(token, path)
        return self._of_issuer(token)

    def of_session(self, text: str) -> Proof | None:
        """Whose session that is; None if nobody's."""
        known = self._sessions.known(text, self._access.known_by_session)
        if known is None:
            return None
        if known.principal.kind is PrincipalKind.OPERATOR:
            return Proof(replace(self.operator, by_cookie=True), known)
        return _proof(known, by_cookie=True)

    def _of_signed(self, token: str, path: str) -> Proof | None:
        key = self._access.signing_key
        claims = claims_of(key, ACCESS, token)
        if claims is not None:
            known = self._credentials.known(str(claims.get("credential")), self._access.known_by_credential)
            return None if known is None else _proof(known)._replace(ends=_moment(claims[EXPIRES]))
        claims = claims_of(key, RUN, token)
        return None if claims is None else self._of_run(claims, path)

    def _of_run(self, claims: Mapping[str, object], path: str) -> Proof | None:
        workspace, run = str(claims.get("workspace")), str(claims.get("run"))
        if not self._access.is_running(workspace, run):
            return None
        reach = {run}
        about = _OF_A_RUN.match(path)
        if about is not None and unquote(about[1]) == workspace:
            asked = unquote(about[2])
            if run in self._access.lineage(workspace, asked):
                reach.add(asked)
        grants = {workspace: Role.CONTRIBUTOR}
        return Proof(Caller(f"run:{run}", f"run {run}", grants, run_id=run, reach=frozenset(reach)))

    def _of_issuer(self, token: str) -> Proof | None:
        verified = self._bearers.verified(token)
        if verified is None:
            return None
        principal = self._access.external(verified.subject, verified.name)
        if principal.disabled_at is not None:
            return None
        grants = stronger(self._access.grants_of(principal.id), self.by_id(verified.roles))
        caller = Caller(principal.id, principal.name, grants)
        return Proof(caller, verified=verified, ends=_moment(verified.expires))

    def by_id(self, roles: Mapping[str, Role]) -> dict[str, Role]:
        """Roles by workspace as the configuration names it, by id; those of workspaces that are not there are left out."""
        found: dict[str, Role] = {}
        for name, role in roles.items():
            workspace = self._id(name)
            if workspace is not None:
                found = stronger(found, {workspace: role})
        return found

    def _id(self, name: str) -> str | None:
        now = time.monotonic()
        until, known = self._ids.get(name, (0.0, None))
        if now < until:
            return known
        try:
            known = self._access.workspace_id(name)
        except (NotFound, InvalidRequest):
            known = None
        self._ids[name] = (now + _NAMES_SECONDS, known)
        return known


def _proof(known: Known, *, by_cookie: bool = False) -> Proof:
    principal = known.principal
    caller = Caller(principal.id, principal.name, known.grants, by_cookie=by_cookie)
    return Proof(caller, known, ends=known.credential.expires_at)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return "operator"
