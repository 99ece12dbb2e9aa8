"""Who proved itself a moment ago, as long as nothing in the records has changed since.

Each request of a program brings the same token. Looking it up costs more than most of what is asked for, so who it is
is remembered with the version of the records: any change by anybody, such as a token that is revoked, makes it be looked
up again with the very next request.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timezone
from typing import NamedTuple

from lazulite.model.access import Known

_MOST = 2000
#: It is looked up again after so many seconds at least, so that it is seen when a token was used.
_SECONDS = 60.0


class _Entry(NamedTuple):
    known: Known
    version: int
    until: float


class Remembered:
    """Remembers proofs; for several threads.

    Args:
        version: A number that is another one after anything was changed.
    """

    def __init__(self, version: Callable[[], int]) -> None:
        self._version = version
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()

    def known(self, text: str, look: Callable[[str], Known | None]) -> Known | None:
        """Return whose `text` is, as `look` says it."""
        mark = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        version, now = (
            self._version(),
            time.monotonic(),
        )  # before the look: what changes meanwhile counts as later
        with self._lock:
            entry = self._entries.get(mark)
        if (
            entry is not None
            and entry.version == version
            and now < entry.until
            and not _has_ended(entry.known)
        ):
            return entry.known
        found = look(text)
        with self._lock:
            self._entries.pop(mark, None)
            if found is not None:
                self._entries[mark] = _Entry(found, version, now + _SECONDS)
                while len(self._entries) > _MOST:
                    self._entries.popitem(last=False)
        return found


def _has_ended(known: Known) -> bool:
    ends = known.credential.expires_at
    return ends is not None and ends <= datetime.now(timezone.utc)
