"""Who looks at a page, as far as the portal needs to know."""

from __future__ import annotations

from typing import Protocol

from lazulite.model.access import Role


class Viewer(Protocol):
    """The caller that the server's guard put into `request.state.caller`."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    def may(self, role: Role, workspace_id: str) -> bool:
        """Whether they have that role there."""
