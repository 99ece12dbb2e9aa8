"""`/login` and `/logout`: how a person at a browser becomes known, and stops being so.

Who is not known and asks for a page is sent here, and afterwards to where they wanted to go. A link that was printed on
the server's own machine carries a key in its address instead: it opens a session, and the address loses the key at once.
"""

from __future__ import annotations

import functools
import operator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import anyio.to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from lazulite.model.access import Known
from lazulite.model.signed import LINK, claims_of
from lazulite.server.auth import login_page
from lazulite.server.auth.cookies import SessionCookie
from lazulite.server.auth.forms import read_form
from lazulite.server.auth.logins import Logins, name_of
from lazulite.server.auth.proofs import Proofs
from lazulite.server.auth.rules import Rules
from lazulite.service.access.access import Access

PATH, OUT = "/login", "/logout"
KEY = "key"
_SEE_OTHER = 303
_WRONG = "That is not right. Check the name and the password, or the token."


class Opened(NamedTuple):
    """A session that was opened: whose it is, its text, and how long it lasts."""

    name: str
    text: str
    lifetime: timedelta


class Login:
    """The pages, and what a browser that is not known gets in place of the one it asked for."""

    def __init__(
        self, access: Access, logins: Logins, proofs: Proofs, cookie: SessionCookie, rules: Rules
    ) -> None:
        self._access = access
        self._logins = logins
        self._proofs = proofs
        self._cookie = cookie
        self._lifetime = timedelta(days=rules.session_days)

    async def show(self, request: Request) -> Response:
        """GET: the form."""
        if request.state.caller is not None:
            return RedirectResponse(_inside(request.query_params.get("next")), _SEE_OTHER)
        has_names = await anyio.to_thread.run_sync(self._access.is_anybody_known)
        return login_page.form(request, _inside(request.query_params.get("next")), has_names=has_names)

    async def enter(self, request: Request) -> Response:
        """POST: a name and a password, or a token."""
        form = await read_form(request)
        wanted = _inside(form.get("next"))
        name, password, token = (
            form.get("name", "").strip(),
            form.get("password", ""),
            form.get("token", "").strip(),
        )
        if token:
            opened = await self._logins.attempt(
                request, "", functools.partial(self._by_token, token), operator.attrgetter("name")
            )
        elif name and password:
            known_by = functools.partial(self._access.known_by_password, name, password)
            known = await self._logins.attempt(request, name, known_by, name_of)
            opened = None if known is None else await anyio.to_thread.run_sync(self._by_password, known)
        else:
            return login_page.form(request, wanted, "Give a name and a password, or a token.", name, 400)
        if opened is None:
            return login_page.form(request, wanted, _WRONG, name, 401, with_token=bool(token))
        return self._let_in(request, opened.text, opened.lifetime, wanted)

    async def leave(self, request: Request) -> Response:
        """POST: end the session."""
        text = self._cookie.read(request)
        if text:
            await anyio.to_thread.run_sync(self._access.close_session, text)
        response = RedirectResponse(PATH, _SEE_OTHER)
        self._cookie.drop(request, response)
        return response

    async def challenge(self, request: Request) -> Response | None:
        """What a browser gets that is not known; None for programs, which get 401."""
        if not is_page(request):
            return None
        key, rest = _without_key(request)
        if key is not None:
            return await self._by_key(request, key, rest)
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            # A link on another site's page: the browser kept the cookie back, and sends it if we ask once more.
            return _again(rest)
        return RedirectResponse(f"{PATH}?next={quote(rest, safe='')}", _SEE_OTHER)

    async def _by_key(self, request: Request, key: str, rest: str) -> Response:
        text = self._cookie.read(request)
        if text is not None and await anyio.to_thread.run_sync(self._proofs.of_session, text) is not None:
            return _on(request, rest)
        if claims_of(self._access.home_token.encode(), LINK, key) is None:
            return _on(request, rest)  # where the browser is sent to the form, unless it is known after all
        opened = await anyio.to_thread.run_sync(self._access.open_operator_session, self._lifetime)
        return self._let_in(request, opened, self._lifetime, rest)

    def _let_in(self, request: Request, text: str, lifetime: timedelta, wanted: str) -> Response:
        response = _on(request, wanted)
        self._cookie.put(request, response, text, int(lifetime.total_seconds()))
        return response

    def _by_password(self, known: Known) -> Opened:
        return Opened(name_of(known), self._access.open_session(known, self._lifetime), self._lifetime)

    def _by_token(self, token: str) -> Opened | None:
        """The session of whose token that is, which lasts no longer than the token; None if nobody's, or of a run."""
        proof = self._proofs.of_token(token, "")
        if proof is None or proof.caller.run_id is not None:
            return None
        lifetime = self._lifetime
        if proof.ends is not None:
            lifetime = min(lifetime, proof.ends - datetime.now(timezone.utc))
        if proof.known is not None:
            text = self._access.open_session(proof.known, lifetime)
        elif proof.verified is not None:
            # The session has what the token has.
            roles = self._proofs.by_id(proof.verified.roles)
            text = self._access.open_external_session(proof.caller.id, lifetime, roles)
        else:
            text = self._access.open_operator_session(lifetime)
        return Opened(proof.caller.name, text, lifetime)


def is_page(request: HTTPConnection) -> bool:
    """Whether a person waits for a page, and no program for an answer."""
    path = request.url.path
    return (
        request.scope.get("method") in ("GET", "HEAD")
        and "text/html" in request.headers.get("accept", "")
        and not path.startswith(("/api/", "/pipelines/", "/auth/", "/static/"))
    )


def has_key(request: HTTPConnection) -> bool:
    """Whether the address of a page carries a key, which it must lose."""
    return KEY in request.query_params and is_page(request)


def _without_key(request: Request) -> tuple[str | None, str]:
    """The key of the address, and the address without it."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    query = urlencode([pair for pair in pairs if pair[0] != KEY])
    path = _inside(quote(request.url.path))
    return request.query_params.get(KEY), f"{path}?{query}" if query else path


def _inside(wanted: str | None) -> str:
    """`wanted` if it is a page of this server, else the first page: nobody is sent elsewhere from here."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\", PATH, OUT)):
        return "/"
    return wanted if wanted.isprintable() and "\\" not in wanted else "/"


def _on(request: Request, wanted: str) -> Response:
    """Send the browser on. Where it came from another site's page it would keep the cookie back for as long as it only
    follows redirects; a page of ours that sends it on begins anew."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return _again(wanted)
    return RedirectResponse(wanted, _SEE_OTHER)


def _again(wanted: str) -> HTMLResponse:
    return HTMLResponse(login_page.onward(wanted))
