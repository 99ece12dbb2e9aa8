"""Definitions of compute targets in the workspace's records: names, looking up, storing."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, ComputeTarget
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import NotFound
from lazulite.sdk.exceptions import ComputeTargetException, UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

RESERVED_NAMES = ("amlcompute", "local", "containerinstance")
#: The type of this machine itself, which every workspace has and v1's lists do not show.
LOCAL_TYPE = "local"
_FIXED = ("type", "vm_size", "vm_priority")


def check_name(name: str) -> None:
    """Check that a new target may have the name.

    Raises:
        UserErrorException: it is reserved.
        ComputeTargetException: it is not allowed; the message tells the rule.
    """
    if isinstance(name, str) and name.lower() in RESERVED_NAMES:
        raise UserErrorException(
            f"{name!r} is reserved and cannot name a compute target ({', '.join(RESERVED_NAMES)}). Choose another name."
        )
    with v1_errors(ComputeTargetException):
        ids.checked("compute", name)


def lookup(workspace: Workspace, name: str) -> ComputeTarget:
    """Return the definition recorded under `name`.

    Raises:
        ComputeTargetException: there is none; the text starts with ComputeTargetNotFound and names those there are.
    """
    with v1_errors(ComputeTargetException):
        try:
            asset = workspace._service.get_asset(workspace._id, AssetKind.COMPUTE, name)  # noqa: SLF001
        except NotFound as error:
            raise ComputeTargetException(_not_found(workspace, name), inner_exception=error) from error
        record = from_data(ComputeTarget, asset.document)
    if record.type == LOCAL_TYPE:
        raise ComputeTargetException(_not_found(workspace, name))
    return record


def listed(workspace: Workspace) -> list[ComputeTarget]:
    """Return all definitions, by name, without this machine itself."""
    with v1_errors(ComputeTargetException):
        assets = workspace._service.list_assets(workspace._id, AssetKind.COMPUTE)  # noqa: SLF001
        records = [from_data(ComputeTarget, asset.document) for asset in assets]
    return [record for record in records if record.type != LOCAL_TYPE]


def put(workspace: Workspace, record: ComputeTarget) -> ComputeTarget:
    """Record a definition; one that is there already may change in everything but type, size and priority.

    Raises:
        ComputeTargetException: a different target has the name.
    """
    earlier = next((one for one in listed(workspace) if one.name == record.name), None)
    if earlier is None:
        return stored(workspace, record)
    for field in _FIXED:
        here, wanted = getattr(earlier, field), getattr(record, field)
        if here.lower() != wanted.lower():
            raise ComputeTargetException(
                f"Compute target {record.name!r} exists already, with {field} {here!r}; {wanted!r} was asked for, and it "
                "cannot be changed. Choose another name, or delete the target first."
            )
    return stored(workspace, replace(record, created_at=earlier.created_at))


def stored(workspace: Workspace, record: ComputeTarget) -> ComputeTarget:
    """Record a definition, whatever was there; return it as it stands now."""
    at = datetime.now(timezone.utc)
    dated = replace(record, created_at=record.created_at or at, modified_at=at)
    asset = Asset(AssetKind.COMPUTE, record.name, to_data(dated), tags=dated.tags)
    with v1_errors(ComputeTargetException):
        kept = workspace._service.put_asset(workspace._id, asset)  # noqa: SLF001
        return from_data(ComputeTarget, kept.document)


def _not_found(workspace: Workspace, name: str) -> str:
    text = f"ComputeTargetNotFound: Compute Target with name {name} not found in workspace {workspace.name}."
    if str(name).lower() == LOCAL_TYPE:
        return f"{text} This machine itself needs no object: give a step compute_target='local'."
    names = [record.name for record in listed(workspace)]
    near = difflib.get_close_matches(str(name), names, 1)
    if near:
        return f"{text} Did you mean {near[0]!r}?"
    return (
        f"{text} It has: {', '.join(names)}."
        if names
        else f"{text} It has none; ComputeTarget.create(...) makes one."
    )
