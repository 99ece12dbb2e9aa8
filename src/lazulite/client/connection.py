"""Sending requests to one server: connections that are kept, time limits, trying again, and clear words when it fails.

A request that the server may have carried out is sent again only if doing it twice is the same as doing it once. One
that did not reach it is always sent again, once the server has been reached at all: a server that restarts is away for
some seconds. A URL at which nothing ever answered is reported at once.
"""

from __future__ import annotations

import http
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

from lazulite import __version__
from lazulite.client.answers import Answer, error_in, is_away
from lazulite.client.calls import Request
from lazulite.model.errors import InvalidRequest, LazuliteError, ServiceUnavailable

_CONNECT_SECONDS = 10.0
#: For an answer; it is the time between two pieces of it.
_READ_SECONDS = 120.0
#: Before each further try, in seconds.
_PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 6.0)
_CONNECTIONS = 32
#: Proxies are for what is far.
_NO_PROXY: Any = {"http": None, "https": None, "all": None}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: In which JSON may hold NaN and Infinity, which metrics do.
_OUR_JSON = "application/vnd.lazulite+json, application/json"


class _Signed(AuthBase):
    """Says who calls. As an auth object it is not replaced by what a `.netrc` says about the host."""

    def __init__(self, header: Callable[[], Mapping[str, str]]) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._header())
        return request


class Connection:
    """A server, by its URL, and how calls to it are signed.

    Raises:
        InvalidRequest: it is not the URL of a server.
    """

    def __init__(self, url: str, header: Callable[[], Mapping[str, str]]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise InvalidRequest(
                f"{url!r} is not the URL of a server. Expected http(s)://host[:port][/path]."
            )
        self._url = url
        self._is_near = parts.hostname in _LOOPBACK
        self._signed = _Signed(header)
        self._lock = threading.Lock()
        self._owner = 0
        self._session: requests.Session | None = None
        self._was_reached = False

    def send(self, request: Request) -> Answer:
        """Return the answer to a request.

        Raises:
            LazuliteError: what the server says, or ServiceUnavailable: it could not be reached, or is not one of ours.
        """
        start = _position(request.body)
        for pause in (*_PAUSES, None):
            try:
                response = self._try(request)
            except requests.RequestException as error:
                if pause is None or not self._may_repeat(request, start, error):
                    raise self._unreachable(request, error) from error
            else:
                self._was_reached = True
                again = pause is not None and is_away(response) and _can_repeat(request, start, response)
                if not again:
                    return self._checked(response)
                response.close()
            time.sleep(pause or 0)
            if start is not None and not isinstance(request.body, bytes):
                request.body.seek(start)  # type: ignore[union-attr]  # which has a position
        raise AssertionError("the last try has no pause")

    def _try(self, request: Request) -> requests.Response:
        return self._current().request(
            request.method,
            self._url + request.path,
            params=request.query,
            data=request.body,
            headers={"Content-Type": _kind(request.body)} if request.body is not None else None,
            auth=self._signed,
            proxies=_NO_PROXY if self._is_near else None,
            timeout=(_CONNECT_SECONDS, _READ_SECONDS + request.wait_seconds),
            allow_redirects=False,
            stream=request.gives_bytes,
        )

    def _checked(self, response: requests.Response) -> Answer:
        error = error_in(response, self._url)
        if error is not None:
            response.close()
            raise error
        return Answer(response)

    def _current(self) -> requests.Session:
        """The session of this process: a forked child must not speak on its parent's connections."""
        with self._lock:
            if self._session is None or self._owner != os.getpid():
                self._session = session = requests.Session()
                self._owner = os.getpid()
                adapter = HTTPAdapter(pool_connections=1, pool_maxsize=_CONNECTIONS)
                session.mount("https://", adapter)
                session.mount("http://", adapter)
                session.headers.update(
                    {
                        "User-Agent": f"lazulite/{__version__}",
                        "Accept": _OUR_JSON,
                        "Accept-Encoding": "identity",
                    }
                )
            return self._session

    def _may_repeat(self, request: Request, start: int | None, error: Exception) -> bool:
        if _is_spent(request, start) or isinstance(error, requests.exceptions.SSLError):
            return False
        return self._was_reached if _never_sent(error) else request.is_repeatable

    def _unreachable(self, request: Request, error: requests.RequestException) -> LazuliteError:
        reason = _reason(error)
        if isinstance(reason, SSLError) or isinstance(error, requests.exceptions.SSLError):
            text = (
                f"{self._url} does not speak TLS. Is it http:// that is meant?"
                if "WRONG_VERSION_NUMBER" in str(reason)
                else f"The certificate of {self._url} is not trusted: {reason}. If it is of your own authority, name its file in "
                "REQUESTS_CA_BUNDLE."
            )
        elif isinstance(error, requests.exceptions.InvalidURL):
            return InvalidRequest(f"{self._url!r} is not the URL of a server: {error}.")
        elif _never_sent(error):
            text = f"Nothing answers at {self._url} ({_words(reason)}). Is the URL right, and the server running?"
        elif isinstance(error, requests.Timeout):
            text = f"{self._url} did not answer {request.what} in time."
        else:
            text = f"The connection to {self._url} broke during {request.what} ({_words(reason)})."
        if not _never_sent(error) and not request.is_repeatable:
            text += " The server may have carried it out: look before you do it again."
        return ServiceUnavailable(text, url=self._url)


def _can_repeat(request: Request, start: int | None, response: requests.Response) -> bool:
    """Whether a request may be sent again that a proxy, or a server that is stopping, has refused."""
    was_refused = response.status_code == http.HTTPStatus.SERVICE_UNAVAILABLE
    return not _is_spent(request, start) and (was_refused or request.is_repeatable)


def _is_spent(request: Request, start: int | None) -> bool:
    """Whether the body was an open file that cannot be read again."""
    return request.body is not None and not isinstance(request.body, bytes) and start is None


def _position(body: Any) -> int | None:
    """Where an open file stands, if it can be read again from there."""
    if body is None or isinstance(body, bytes):
        return None
    try:
        return int(body.tell()) if body.seekable() else None
    except (OSError, AttributeError):
        return None


def _kind(body: Any) -> str:
    return "application/json" if isinstance(body, bytes) else "application/octet-stream"


def _never_sent(error: Exception) -> bool:
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        _reason(error), (NewConnectionError, ConnectTimeoutError)
    )


def _reason(error: Exception) -> BaseException:
    """What is at the bottom of an error of `requests`."""
    inner = error.args[0] if error.args else None
    found = getattr(inner, "reason", inner)
    return found if isinstance(found, BaseException) else error


def _words(reason: BaseException) -> str:
    """The operating system's own words, without the objects that stand around them."""
    cause = reason.__cause__ or reason.__context__
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    last = reason.args[-1] if reason.args else reason
    return str(getattr(last, "strerror", None) or last).rpartition(">: ")[2] or type(reason).__name__
