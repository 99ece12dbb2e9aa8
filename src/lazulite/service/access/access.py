"""Who may do what on this system: principals and how they prove themselves, roles, and the log of changes."""

from __future__ import annotations

from lazulite.service.access.history import History
from lazulite.service.access.lineage import Lineage
from lazulite.service.access.principals import Principals
from lazulite.service.access.roles import Roles
from lazulite.service.access.tokens import Tokens


class Access(Principals, Tokens, Roles, Lineage, History):
    """The operations on who may do what.

    No part of `api.Service`: only the server's guard and the command line on the server's machine reach it, by
    `LocalService.access`. All texts that somebody proves themselves with are returned once, when they are made.
    """
