"""The door for the command line to who may do what: on the server's machine, as the user that the server runs as.

Whoever can read the home folder can do everything anyway, so nobody is asked who they are.
"""

from __future__ import annotations

from lazulite.service.access.access import Access
from lazulite.service.local import LocalService

__all__ = ["Access", "access_of"]


def access_of(location: str) -> Access:
    """Return who may do what on the system in a home folder.

    Args:
        location: The home folder.

    Raises:
        StorageError: it cannot be created or written.
    """
    return LocalService(location).access
