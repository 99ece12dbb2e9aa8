"""Starting runs that the user's own process drives: children of a run, and `Experiment.start_logging`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from lazulite.model.run import Run as Record
from lazulite.model.run import RunKind, RunStatus
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.run import Run
    from lazulite.sdk.run_family import RunFamily


def start_interactive(
    experiment: Experiment,
    name: str | None = None,
    run_id: str | None = None,
    parent_id: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> Run:
    """Record a run of kind azureml.interactiverun with status Running, and return it.

    Raises:
        UserErrorException: the id is not allowed, or in use.
    """
    from lazulite.sdk.run_lookup import run_of

    now = datetime.now(timezone.utc)
    workspace = experiment.workspace
    record = Record(
        id=run_id or "",
        workspace=workspace._id,  # noqa: SLF001 - the SDK's own seam
        experiment=experiment.name,
        kind=RunKind.INTERACTIVE,
        status=RunStatus.RUNNING,
        created_at=now,
        started_at=now,
        name=name or "",
        display_name=name,
        parent_id=parent_id,
        tags=dict(tags or {}),
        target="sdk",
    )
    with v1_errors():
        stored = workspace._service.create_run(workspace._id, record)  # noqa: SLF001 - the SDK's own seam
    return run_of(workspace, stored, experiment)


def start_child(run: RunFamily, name: str | None, run_id: str | None) -> Run:
    """Start one child of `run`."""
    return start_interactive(run.experiment, name, run_id, run.id)


def start_children(
    run: RunFamily, count: int | None, tag_key: str | None, tag_values: Sequence[str] | None
) -> list[Run]:
    """Start several children of `run`.

    Raises:
        UserErrorException: the arguments do not say how many.
    """
    return [
        start_interactive(run.experiment, parent_id=run.id, tags=tags)
        for tags in tags_of_children(count, tag_key, tag_values)
    ]


def tags_of_children(
    count: int | None, tag_key: str | None, tag_values: Sequence[str] | None
) -> list[dict[str, str]]:
    """Return the tags of each child that the arguments of `create_children` ask for.

    Raises:
        UserErrorException: the arguments do not say how many.
    """
    if (count is None) == (tag_values is None):
        raise UserErrorException("create_children() takes either `count`, or `tag_key` with `tag_values`.")
    if (tag_key is None) != (tag_values is None):
        raise UserErrorException("create_children() takes `tag_key` and `tag_values` together.")
    if tag_values is not None:
        return [{str(tag_key): str(value)} for value in tag_values]
    if not isinstance(count, int) or count < 1:
        raise UserErrorException(f"create_children() takes a count of at least 1, and got {count!r}.")
    return [{} for _ in range(count)]
