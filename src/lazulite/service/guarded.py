"""The part of `LocalService` that is no part of `api.Service`: who may do what."""

from __future__ import annotations

from functools import cached_property

from lazulite.service.access.access import Access
from lazulite.service.base import Base


class Guarded(Base):
    """Gives the server and its command line what they decide by."""

    @cached_property
    def access(self) -> Access:
        """Who may do what on this system."""
        return Access(lambda: self._records, self._home.root)
