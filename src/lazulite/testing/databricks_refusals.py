"""How a loopback Databricks refuses a request, and refusals that a test asks for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field


class Refused(Exception):
    """An answer that is an error: HTTP status, the service's error code, its message, and headers such as Retry-After."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


@dataclass
class _Planned:
    path: str
    refused: Refused
    times: int


@dataclass
class Refusals:
    """What is refused next."""

    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, path: str, refused: Refused, times: int = 1) -> None:
        """Refuse the next `times` requests whose path ends with `path`."""
        self._planned.append(_Planned(path, refused, times))

    def check(self, path: str) -> None:
        """Refuse a request if that was planned.

        Raises:
            Refused: it was.
        """
        with self._lock:
            for planned in self._planned:
                if planned.times and path.endswith(planned.path):
                    planned.times -= 1
                    raise planned.refused
