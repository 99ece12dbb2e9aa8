"""Time zones by name: IANA's (`Europe/Istanbul`), or the ones that Windows and v1 use (`Turkey Standard Time`)."""

from __future__ import annotations

import difflib
import zoneinfo
from functools import cache

from tzlocal.windows_tz import win_tz

from lazulite.model.errors import InvalidRequest

#: Windows names that v1 offers and the list of the Unicode consortium no longer has.
_RETIRED = {"Kamchatka Standard Time": "Asia/Kamchatka", "Mid-Atlantic Standard Time": "Etc/GMT+2"}


@cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the rules of a time zone.

    Raises:
        InvalidRequest: there is no zone of that name; the message has the nearest ones.
    """
    wanted = win_tz.get(name) or _RETIRED.get(name) or name
    try:
        return zoneinfo.ZoneInfo(wanted)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: it names a folder
        raise InvalidRequest(f"There is no time zone {name!r}. {_advice(name)}", time_zone=name) from error


def _advice(name: str) -> str:
    known = {one.casefold(): one for one in (*zoneinfo.available_timezones(), *win_tz, *_RETIRED)}
    near = difflib.get_close_matches(name.casefold(), known, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(known[one]) for one in near)}?"
    return (
        "Expected an IANA name such as 'Europe/Istanbul', or a Windows name such as 'Turkey Standard Time'."
    )
