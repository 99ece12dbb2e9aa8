"""Whether a caller may do what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lazulite.api.operations import Operation
from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.assets import Asset, AssetKind, Workspace
from lazulite.model.errors import Forbidden
from lazulite.model.run import Run
from lazulite.server.callers import Caller


def require(caller: Caller, operation: Operation, arguments: Mapping[str, Any]) -> None:
    """Return if the caller may call `operation` with these arguments. It is asked twice of a call with a body: before the
    body is read, and when it is known.

    Raises:
        Forbidden: it may not; the message names the role that it lacks.
    """
    place = _place(operation, arguments)
    role = _role(operation, arguments)
    if role is not None and place is not None and not caller.may(role, place):
        where = "everywhere" if place == EVERYWHERE else f"in the workspace {place}"
        raise Forbidden(
            f"{caller.name} needs the role {role.value} {where} to call {operation.name}. "
            "An owner can give it.",
            role=role.value,
            workspace=place,
            operation=operation.name,
        )
    if caller.run_id is not None and operation.changes and not _is_of_run(caller.run_id, arguments):
        raise Forbidden(
            f"The token of the run {caller.run_id} changes that run alone, and {operation.name} is about another thing.",
            run_id=caller.run_id,
            operation=operation.name,
        )


def require_role(caller: Caller, role: Role, workspace: str, what: str) -> None:
    """As `require`, for what is no row of the operations table.

    Raises:
        Forbidden: the caller lacks the role.
    """
    if not caller.may(role, workspace):
        raise Forbidden(
            f"{caller.name} needs the role {role.value} in the workspace {workspace} to {what}. An owner can give it.",
            role=role.value,
            workspace=workspace,
        )


def _place(operation: Operation, arguments: Mapping[str, Any]) -> str | None:
    """The workspace that a call is about; None as long as it is not known (it stands in the body)."""
    if operation.system:
        return EVERYWHERE
    place = arguments.get("workspace")
    return place.id if isinstance(place, Workspace) else place


def _role(operation: Operation, arguments: Mapping[str, Any]) -> Role | None:
    asset = arguments.get("asset")
    if isinstance(asset, Asset) and asset.kind is AssetKind.DATASTORE and asset.document.get("folder"):
        return Role.OWNER  # a folder of the server's own machine
    return operation.role


def _is_of_run(run_id: str, arguments: Mapping[str, Any]) -> bool:
    child = arguments.get("run")
    if isinstance(child, Run):
        return child.parent_id == run_id
    return bool(arguments.get("run_id", run_id if _is_incomplete(arguments) else None) == run_id)


def _is_incomplete(arguments: Mapping[str, Any]) -> bool:
    """Whether these are the arguments of a call whose body, which may name a run, was not read yet."""
    return set(arguments) <= {"workspace"}
