"""Becoming known to a server: a name and password, or an id and secret, against a token.

A person's token is kept for this user and server (`api.server_tokens`), so that the question comes once. A program's
lasts an hour and is kept in memory.
"""

from __future__ import annotations

import contextlib
import getpass
import socket
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from lazulite.api import server_tokens
from lazulite.sdk.exceptions import AuthenticationException

if TYPE_CHECKING:
    import requests

_TIMEOUT = (10.0, 60.0)
#: How long the token of a person who logged in lasts, in days.
DAYS = 90
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class AccessToken(NamedTuple):
    """A token and the time it ends, in seconds since 1970."""

    token: str
    expires_on: int


def by_secret(server: str, program: str, secret: str) -> AccessToken:
    """Return a token of a program, by its id (or name) and secret.

    Raises:
        AuthenticationException: they are wrong, or the server cannot be reached.
    """
    return _exchanged(
        server, {"grant_type": "client_credentials", "client_id": program, "client_secret": secret}
    )


def by_password(server: str, name: str, password: str) -> str:
    """Return a token of a user that lasts, and keep it.

    Raises:
        AuthenticationException: the name or password is wrong, or the server cannot be reached.
    """
    short = _exchanged(server, {"grant_type": "password", "username": name, "password": password})
    label = f"login on {socket.gethostname() or 'this machine'}"[:200]
    answer = _sent(server, "POST", "/auth/tokens", short.token, json={"label": label, "days": DAYS})
    token = str(answer["token"])
    server_tokens.keep(server, token, time.time() + DAYS * 24 * 3600)
    return token


def by_token(server: str, token: str) -> str:
    """Keep a token that the user has already; returns whose it is.

    Raises:
        AuthenticationException: the server does not know it, or cannot be reached.
    """
    name = str(_sent(server, "GET", "/auth/me", token)["name"])
    server_tokens.keep(server, token)
    return name


def ask(server: str) -> str:
    """Ask the person at the terminal or notebook who they are; return their token, which is kept.

    Raises:
        AuthenticationException: nobody can be asked, or the answer is wrong.
    """
    if not can_ask():
        raise AuthenticationException(
            f"There is no token for {server}, and nobody to ask for one. Run `lazulite login {server}` once, or set "
            "LAZULITE_TOKEN, or use ServicePrincipalAuthentication."
        )
    if urlsplit(server).scheme == "http" and urlsplit(server).hostname not in _LOOPBACK:
        print(f"Note: what is sent to {server} can be read on the way. Use https://, if the server has that.")
    name = input(f"Name at {server} (leave it empty to give a token): ").strip()
    if name:
        return by_password(server, name, getpass.getpass("Password: "))
    token = getpass.getpass("Token: ").strip()
    by_token(server, token)
    return token


def can_ask() -> bool:
    """Whether somebody sits at a terminal or a notebook."""
    if sys.stdin is not None and sys.stdin.isatty():
        return True
    with contextlib.suppress(ImportError, AttributeError):
        import importlib

        shell = importlib.import_module("IPython").get_ipython() if "IPython" in sys.modules else None
        return shell is not None and hasattr(shell, "kernel")
    return False


def _exchanged(server: str, form: dict[str, str]) -> AccessToken:
    answer = _sent(server, "POST", "/auth/token", None, data=form)
    return AccessToken(str(answer["access_token"]), int(time.time()) + int(answer["expires_in"]))


def _sent(server: str, method: str, path: str, token: str | None, **body: Any) -> dict[str, Any]:
    import requests

    url = server.rstrip("/") + path
    session = requests.Session()
    # What a `.netrc` says about the host is not meant, and a proxy is for what is far.
    session.trust_env = urlsplit(server).hostname not in _LOOPBACK
    headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with session:
            answer = session.request(
                method, url, headers=headers, timeout=_TIMEOUT, allow_redirects=False, auth=_as_it_is, **body
            )
        data = answer.json()
    except requests.RequestException as error:
        raise AuthenticationException(
            f"{server} cannot be reached: {type(error).__name__}: {error}"
        ) from error
    except ValueError as error:
        raise AuthenticationException(f"{url} does not answer as a Lazulite server does.") from error
    if not answer.ok or not isinstance(data, dict):
        raise AuthenticationException(f"{server} says: {_words(data)}")
    return data


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _words(data: Any) -> str:
    """What an answer says is wrong, in OAuth's shape or ours."""
    if isinstance(data, dict):
        error = data.get("error")
        if isinstance(error, dict):
            return str(error.get("message", error))
        return str(data.get("error_description") or error or data)
    return str(data)[:200]
