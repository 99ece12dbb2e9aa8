"""Roles of principals, in a workspace or everywhere."""

from __future__ import annotations

from lazulite.model.access import EVERYWHERE, Grant, Role
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.service.access.base import AccessBase


class Roles(AccessBase):
    """Giving roles and taking them away."""

    def grant(self, name: str, workspace: str, role: Role) -> Grant:
        """Give a role, in place of the one before.

        Args:
            name: The principal.
            workspace: As `workspace_id` takes it.
            role: The role.

        Raises:
            NotFound: there is no such principal or workspace.
        """
        grant = Grant(self._records.principal(name).id, self.workspace_id(workspace), role)
        self._records.put_grant(grant)
        return grant

    def revoke(self, name: str, workspace: str) -> None:
        """Take a role away. `NotFound` if there is no such principal, workspace or role."""
        principal = self._records.principal(name)
        if not self._records.remove_grant(principal.id, self.workspace_id(workspace)):
            raise NotFound(f"{principal.name!r} has no role there.", kind="role", name=workspace)

    def grants(self) -> tuple[Grant, ...]:
        """All roles that were given here; those that an issuer's claims give are in the settings."""
        return self._records.grants()

    def grants_of(self, principal_id: str) -> dict[str, Role]:
        """The roles of one principal by workspace (or EVERYWHERE)."""
        return self._records.grants_of(principal_id)

    def workspace_id(self, named: str) -> str:
        """The id of a workspace that is named by id, by name, as RESOURCE_GROUP/NAME, or as EVERYWHERE.

        Raises:
            NotFound: there is none.
            InvalidRequest: there are several.
        """
        if named == EVERYWHERE:
            return EVERYWHERE
        everything = self._records.workspaces()
        found = [one for one in everything if named in (one.id, one.name, f"{one.resource_group}/{one.name}")]
        if len(found) > 1:
            raise InvalidRequest(
                f"{len(found)} workspaces are called {named!r}. Say RESOURCE_GROUP/NAME, or the id."
            )
        if not found:
            raise NotFound(
                f"There is no workspace {named!r}. {EVERYWHERE!r} means all of them.",
                kind="workspace",
                name=named,
            )
        return found[0].id
