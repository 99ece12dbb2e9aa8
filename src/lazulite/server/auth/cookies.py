"""The cookie of a browser's session: never seen by a script, never sent along by another site's page."""

from __future__ import annotations

import hashlib

from starlette.requests import HTTPConnection
from starlette.responses import Response


class SessionCookie:
    """Reads and sets the cookie.

    Its name holds a mark of the home: a browser sends the cookies of a machine to all its ports, and two servers on one
    machine must not put each other's sessions out.
    """

    def __init__(self, home_token: str) -> None:
        mark = hashlib.sha256(b"cookie " + home_token.encode()).hexdigest()[:8]
        self.name = f"lazulite_{mark}"

    def read(self, request: HTTPConnection) -> str | None:
        """The session's text, or None."""
        return request.cookies.get(self.name)

    def put(self, request: HTTPConnection, response: Response, text: str, seconds: int) -> None:
        """Have the browser keep a session."""
        response.set_cookie(
            self.name,
            text,
            max_age=seconds,
            path="/",
            secure=is_private(request),
            httponly=True,
            samesite="strict",
        )

    def drop(self, request: HTTPConnection, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self.name, path="/", secure=is_private(request), httponly=True, samesite="strict"
        )


def is_private(request: HTTPConnection) -> bool:
    """Whether what the browser and the server say to each other is encrypted, by us or by the proxy before us."""
    public: str = request.app.state.settings.public_url
    return request.url.scheme == "https" or public.startswith("https://")
