"""What a server answered: bytes as they come, or the error that it says, as the class that it was there."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any, BinaryIO, cast

import requests
import urllib3

from lazulite import __version__
from lazulite.model.errors import LazuliteError, ServiceUnavailable, Unauthenticated, rebuilt

_BUFFER = 1 << 18
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: What a proxy says while the server behind it is away.
_PROXY = frozenset({502, 503, 504})


class Answer:
    """A response that says no error."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response

    def text(self) -> bytes:
        """The whole body."""
        return cast("bytes", self._response.content)

    def stream(self) -> BinaryIO:
        """The body as an open file. Closing it gives the connection back."""
        return cast("BinaryIO", io.BufferedReader(_Body(self._response), _BUFFER))


class _Body(io.RawIOBase):
    """The bytes of a response as they come. An end that comes too early is an error, not the end of the file."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        length = response.headers.get("Content-Length")
        self._left = None if length is None else int(length)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._response.raw.read(len(buffer))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _cut(self._response) from error
        if self._left is not None:
            self._left -= len(data)
            if not data and self._left > 0:
                raise _cut(self._response)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._response.close()
        super().close()


def _cut(response: requests.Response) -> ServiceUnavailable:
    return ServiceUnavailable(f"The connection ended in the middle of {response.url}. Try again.")


def is_away(response: requests.Response) -> bool:
    """Whether this is what is said while a server is restarted: by a proxy before it, or by itself."""
    return response.status_code in _PROXY and (
        "Retry-After" in response.headers or _said(response)[0] is None
    )


def error_in(response: requests.Response, url: str) -> LazuliteError | None:
    """Return the error that a response says; None if it says none.

    Args:
        response: What came.
        url: The URL that was given as the server's.
    """
    if response.status_code in _REDIRECTS:
        return ServiceUnavailable(
            f"{url} sends on to {response.headers.get('Location', 'another place')}. Use the URL of the Lazulite server "
            "itself, with https:// if it has that.",
            url=url,
        )
    if response.ok:
        kind = response.headers.get("Content-Type", "")
        return _no_server(response, url) if kind.startswith("text/html") else None
    code, message, details = _said(response)
    if code is None:
        return _no_server(response, url)
    if code == Unauthenticated.code:
        return Unauthenticated(
            f"{url} does not know who calls: the token that was sent is wrong or has ended. Run `lazulite login {url}`, "
            "or set LAZULITE_TOKEN to a token of that server.",
            url=url,
        )
    return rebuilt(code, message + _versions(response), details)


def _said(response: requests.Response) -> tuple[str | None, str, dict[str, Any]]:
    """Code, message and details of an error in our shape; None, what came instead, and nothing otherwise."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        said = json.loads(response.content)["error"]
        return str(said["code"]), str(said["message"]), dict(said.get("details") or {})
    return None, response.reason or "", {}


def _no_server(response: requests.Response, url: str) -> ServiceUnavailable:
    if response.status_code in _PROXY:
        return ServiceUnavailable(
            f"{url} is there, but the Lazulite server behind it does not answer ({response.status_code} {response.reason}). "
            "Try again in a moment, or ask whether it runs.",
            url=url,
            status=response.status_code,
        )
    return ServiceUnavailable(
        f"{url} answers, but not as a Lazulite server does ({response.status_code} {response.reason}). Is the URL right, "
        "with the path below which the server stands?",
        url=url,
        status=response.status_code,
    )


def _versions(response: requests.Response) -> str:
    """A hint where client and server are of different versions: one may not know what the other says."""
    there = response.headers.get("Lazulite-Version")
    if there in (None, __version__) or response.status_code not in (400, 404, 405, 500):
        return ""
    return f" (The server has version {there} of Lazulite, and this client {__version__}.)"
