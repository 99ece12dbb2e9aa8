"""Whether a caller may do what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lazulite.api.operations import PREFIX, Operation
from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.errors import Forbidden, NotFound
from lazulite.model.run import Run
from lazulite.server.callers import Caller

#: What a run's token may call: about its run, and those below it.
_OF_RUNS = frozenset(
    {
        "get_run",
        "update_run",
        "cancel_run",
        "create_run",
        "get_outputs",
        "get_decision",
        "add_metrics",
        "get_metrics",
    }
)


def require(caller: Caller, operation: Operation, arguments: Mapping[str, Any]) -> None:
    """Return if the caller may call `operation` with these arguments. It is asked twice of a call with a body: before the
    body is read, and when it is known.

    Raises:
        NotFound: it has no role in the workspace at all, whether there is such a workspace or not.
        Forbidden: it may not; the message names the role that it lacks.
    """
    place = _place(operation, arguments)
    role = _role(operation, arguments)
    if role is not None and place is not None:
        require_role(caller, role, place, f"call {operation.name}")
    if caller.run_id is not None and not _is_of_run(caller, operation, arguments):
        raise Forbidden(
            f"The token of the run {caller.run_id} reaches that run and those below it, and {operation.name} is about "
            "another thing.",
            run_id=caller.run_id,
            operation=operation.name,
        )


def require_path(caller: Caller, path: str) -> None:
    """Return if the caller may ask for such a path at all: a run's token opens the operations on runs, and no page.

    Raises:
        Forbidden: it may not.
    """
    if caller.run_id is not None and not path.startswith(f"{PREFIX}/workspaces/"):
        raise Forbidden(
            f"The token of the run {caller.run_id} reaches that run alone, not {path}.", run_id=caller.run_id
        )


def require_role(caller: Caller, role: Role, workspace: str, what: str) -> None:
    """Return if the caller has `role` in the workspace, or EVERYWHERE.

    Raises:
        NotFound: it has no role there at all, whether there is such a workspace or not.
        Forbidden: it has one that is too low; the message names the one it lacks.
    """
    if caller.may(role, workspace):
        return
    if workspace != EVERYWHERE and not caller.may(Role.READER, workspace):
        raise NotFound(
            f"There is no workspace {workspace!r} that {caller.name} may look at. Who runs the server "
            "gives roles.",
            kind="workspace",
            name=workspace,
        )
    where = "everywhere" if workspace == EVERYWHERE else f"in the workspace {workspace}"
    raise Forbidden(
        f"{caller.name} needs the role {role.value} {where} to {what}. Who runs the server gives it: "
        "lazulite roles grant.",
        role=role.value,
        workspace=workspace,
    )


def require_run(caller: Caller, workspace: str, run_id: str, what: str) -> None:
    """Return if the caller may read about that run. A run's token may about the runs within its reach.

    Raises:
        NotFound, Forbidden: as `require_role`.
    """
    require_role(caller, Role.READER, workspace, what)
    if caller.run_id is not None and run_id not in caller.reach:
        raise Forbidden(
            f"The token of the run {caller.run_id} reaches that run and those below it.", run_id=caller.run_id
        )


def _place(operation: Operation, arguments: Mapping[str, Any]) -> str | None:
    """The workspace that a call is about; None as long as it is not known (it stands in the body)."""
    if operation.system:
        return EVERYWHERE
    place = arguments.get("workspace")
    return place.id if isinstance(place, Workspace) else place


def _role(operation: Operation, arguments: Mapping[str, Any]) -> Role | None:
    asset = arguments.get("asset")
    if isinstance(asset, Asset) and asset.kind is AssetKind.DATASTORE and _is_of_the_server(asset):
        return Role.OWNER
    return operation.role


def _is_of_the_server(asset: Asset) -> bool:
    """Whether a datastore is a folder or file of the server's own machine, or reached with the server's own identity."""
    options = asset.document.get("options")
    url = str(options.get("url", "")) if isinstance(options, Mapping) else ""
    return bool(
        asset.document.get("folder")
        or asset.document.get("auth") in ("environment", "managed_identity")
        or (url and not _host(url))
    )


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_of_run(caller: Caller, operation: Operation, arguments: Mapping[str, Any]) -> bool:
    if operation.name == "get_workspace":
        return True  # its own: it has a role in no other
    if operation.name not in _OF_RUNS:
        return False
    child = arguments.get("run")
    if isinstance(child, Run):
        return child.parent_id in caller.reach
    return "run_id" not in arguments or arguments["run_id"] in caller.reach
