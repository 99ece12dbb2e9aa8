"""A message that a redirect carries to the next page: what an action did, or why it did not."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

_COOKIE = "lazulite_flash"
_LONGEST = 1500  # bytes: a cookie holds 4 KB, and the text is quoted twice


@dataclass(frozen=True)
class Flash:
    """One message; `tone` is good, warn or bad."""

    text: str
    tone: str = "good"


def redirect(target: str, text: str = "", tone: str = "good") -> Response:
    """Return a redirect to a page of ours that shows `text` there, once."""
    response = RedirectResponse(target, status_code=303)
    if text:
        cut = text.encode()[:_LONGEST].decode(errors="ignore")
        data = json.dumps([cut, tone], ensure_ascii=False).encode()
        response.set_cookie(
            _COOKIE,
            base64.urlsafe_b64encode(data).decode(),
            max_age=60,
            path="/",
            httponly=True,
            samesite="strict",
        )
    return response


def waiting(request: Request) -> Flash | None:
    """Return the message that waits for this page, if any."""
    raw = request.cookies.get(_COOKIE)
    if not raw:
        return None
    try:
        text, tone = json.loads(base64.urlsafe_b64decode(raw.encode()))
    except (ValueError, TypeError):  # not one of ours
        return None
    return Flash(str(text), str(tone) if tone in ("good", "warn", "bad") else "good")


def shown(response: Response) -> None:
    """Note that the message was shown."""
    response.delete_cookie(_COOKIE, path="/", httponly=True, samesite="strict")
