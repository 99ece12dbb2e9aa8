"""How long proofs last, and how long the log of changes is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """What can be chosen. The defaults suit a team; `session_days` also holds for a browser on one's own machine."""

    #: A token that was given for a password or secret.
    access_seconds: int = 3600
    #: A browser that logged in.
    session_days: float = 14.0
    #: Entries of the log of changes that are older are removed; 0: never.
    audit_days: float = 400.0
