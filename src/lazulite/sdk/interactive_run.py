"""Runs that the user's own process drives: `Experiment.start_logging`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from lazulite.model.run import Run as Record
from lazulite.model.run import RunKind, RunStatus
from lazulite.sdk.exceptions import v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.run import Run

_PARAMETERS = ("outputs", "snapshot_directory", "display_name")


def started(experiment: Experiment, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Run:
    """Record a run that has begun, with the git properties of its folder.

    Raises:
        TypeError: an unknown keyword, or too many arguments.
    """
    from lazulite.sdk.provenance import git_properties
    from lazulite.sdk.run import run_of

    if len(args) > len(_PARAMETERS):
        raise TypeError(f"start_logging() takes {len(_PARAMETERS)} arguments, and got {len(args)}")
    given = {**dict(zip(_PARAMETERS, args, strict=False)), **kwargs}
    for name in given:
        if name not in _PARAMETERS:
            raise TypeError(f"start_logging() got an unexpected keyword argument {name!r}")
    workspace = experiment.workspace
    folder = given.get("snapshot_directory") or os.getcwd()  # noqa: PTH109 - a text is wanted
    record = Record(
        id="",
        workspace=workspace._id,  # noqa: SLF001 - the SDK's own seam
        experiment=experiment.name,
        kind=RunKind.INTERACTIVE,
        status=RunStatus.RUNNING,
        created_at=datetime.now(timezone.utc),
        display_name=given.get("display_name"),
        properties=git_properties(str(folder)),
    )
    with v1_errors():
        return run_of(workspace, workspace._service.create_run(workspace._id, record))  # noqa: SLF001
