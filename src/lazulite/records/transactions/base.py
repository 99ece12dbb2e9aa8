"""What all of `Records` shares: the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazulite.records.database import Database


class Base:
    """Operations on `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
