"""Forms that a program or a browser sends: small, and each name once."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from lazulite.model.errors import InvalidRequest

_LARGEST = 16 * 1024
_MOST_FIELDS = 20
_KIND = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of the request's body.

    Raises:
        InvalidRequest: it is no form, or a name stands twice.
        TooLarge: it is longer than any form of ours.
    """
    kind = request.headers.get("content-type", _KIND).partition(";")[0].strip().lower()
    if kind != _KIND:
        raise InvalidRequest(f"The body is said to be {kind!r}. Expected {_KIND}.")
    request.scope["lazulite.body"].limit = _LARGEST
    text = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidRequest(f"The form cannot be read: {error}.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequest("The form has a field twice.")
    return fields


def address_of(request: Request) -> str:
    """Where the request comes from, as far as the server can tell."""
    return request.client.host if request.client else ""
