"""From the three names by which v1's addresses call a workspace to the workspace, remembered for some seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping

from lazulite.api.service import Service
from lazulite.model.access import Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import NotFound
from lazulite.server.callers import Caller

_SECONDS = 5.0
_MOST = 1000

Names = tuple[str, str, str]


class Places:
    """The workspaces that v1's routes were asked about lately."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[Names, tuple[float, Workspace]] = {}

    def find(self, caller: Caller, parameters: Mapping[str, str]) -> Workspace:
        """The workspace that the path names.

        Raises:
            NotFound: there is none, or none that the caller may know of.
        """
        names = names_of(parameters)
        until, workspace = self._known.get(names, (0.0, None))
        if workspace is None or time.monotonic() > until:
            workspace = self._look(names)
        if workspace is None or not caller.may(Role.READER, workspace.id):
            raise NotFound(
                f"There is no workspace {names[0]!r} in the resource group {names[2]!r} of the subscription "
                f"{names[1]!r}.",
                kind="workspace",
                name=names[0],
            )
        return workspace

    def is_stale(self, workspace: Workspace, parameters: Mapping[str, str]) -> bool:
        """Whether another workspace has these names by now."""
        found = self._look(names_of(parameters))
        return found is not None and found.id != workspace.id

    def _look(self, names: Names) -> Workspace | None:
        found = next(iter(self._service.list_workspaces(*names)), None)
        if len(self._known) >= _MOST:
            self._known.clear()
        if found is None:
            self._known.pop(names, None)
        else:
            self._known[names] = time.monotonic() + _SECONDS, found
        return found


def names_of(parameters: Mapping[str, str]) -> Names:
    """Name, subscription and resource group, as the path says them."""
    return parameters["workspace"], parameters["subscription"], parameters["group"]
