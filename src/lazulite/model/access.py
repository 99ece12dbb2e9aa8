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

    READER looks at everything but secrets. CONTRIBUTOR submits, cancels, publishes, changes and deletes assets and
    data. OWNER also deletes runs and experiments, changes and deletes the workspace, registers folders of the server,
    reads the log of changes. Roles are given on the server's machine.
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
    #: Whoever has the home folder's own token: the user whose machine it is. There is one, and it cannot be disabled.
    OPERATOR = "operator"


class CredentialKind(enum.Enum):
    """How a principal proves who it is. Of all of them only digests are kept."""

    PASSWORD = "password"  # noqa: S105 - a kind
    SECRET = "secret"  # noqa: S105
    TOKEN = "token"  # noqa: S105
    #: Of a browser, in a cookie.
    SESSION = "session"


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
class Credential:
    """A password, secret, token or session of a principal, without its text, which is shown once at most.

    `behind` is, of a session, the id of what it was opened with: it ends with that. `grants` are roles that only this
    one carries, because an issuer's token said so; by workspace, as in `Grant`.
    """

    id: str
    principal: str
    kind: CredentialKind
    created_at: datetime
    label: str = ""
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    behind: str = ""
    grants: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A principal that proved who it is, how, and what it may do: roles by workspace (or EVERYWHERE)."""

    principal: Principal
    credential: Credential
    grants: Mapping[str, Role]


def stronger(one: Mapping[str, Role], other: Mapping[str, Role]) -> dict[str, Role]:
    """Return both, with the higher role where both name a workspace."""
    joined = dict(one)
    for workspace, role in other.items():
        joined[workspace] = (
            role if workspace not in joined or role.includes(joined[workspace]) else joined[workspace]
        )
    return joined


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
