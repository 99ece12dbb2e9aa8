"""Who may do what: principals, their roles in workspaces, and the log of changes."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: In a grant, instead of a workspace's id: the whole system, workspaces to come included.
EVERYWHERE = "*"


class Role(enum.Enum):
    """What a principal may do in a workspace; each one may also do what those before it may.

    READER looks at everything but secrets. CONTRIBUTOR submits, cancels, publishes, changes assets and data.
    OWNER also deletes runs and the workspace, registers folders of the server, gives roles.
    """

    READER = "Reader"
    CONTRIBUTOR = "Contributor"
    OWNER = "Owner"

    def includes(self, other: Role) -> bool:
        """Whether who has this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class PrincipalKind(enum.Enum):
    USER = "user"
    #: A program: its id and secret are v1's `service_principal_id` and `service_principal_password`.
    SERVICE = "service"
    #: Known by a token of an OIDC issuer; no password here.
    EXTERNAL = "external"


@dataclass(frozen=True)
class Principal:
    """Somebody who can be given roles. `subject` is, of an external one, the issuer and its name there."""

    id: str
    kind: PrincipalKind
    name: str
    subject: str | None = None
    created_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True)
class Grant:
    """A role of a principal in a workspace (by id, or EVERYWHERE)."""

    principal: str
    workspace: str
    role: Role


@dataclass(frozen=True)
class PersonalToken:
    """A token of a principal, as it is listed: the text itself is shown once, when it is made."""

    id: str
    principal: str
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One change that somebody asked for, whether it was done or refused. `outcome` is "ok" or an error's code."""

    sequence: int
    at: datetime
    principal: str
    operation: str
    workspace: str = ""
    target: str = ""
    outcome: str = "ok"
    address: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
