"""What a backup is said to hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Backup:
    """A backup that was made or restored.

    `skipped` names files that are not in it, with the reason: they vanished while it was made, or are neither files nor
    folders. `locked` names the documents whose credentials are sealed with a key that is not there: not in a backup that
    was made, not in the home that was restored.
    """

    file: str
    version: str
    created_at: datetime
    files: int
    bytes: int
    skipped: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
