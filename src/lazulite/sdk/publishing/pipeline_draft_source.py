"""What a draft is made from: a pipeline, a published one, a run, or another draft."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lazulite.sdk.pipeline_errors import PipelineBuildError, value_errors

if TYPE_CHECKING:
    from lazulite.model.plan import Plan
    from lazulite.model.values import ParameterValue
    from lazulite.sdk.workspace import Workspace


@dataclass(frozen=True)
class Source:
    """A plan whose code is kept, and what else comes with it."""

    plan: Plan
    interpreter: str
    name: str | None = None
    description: str | None = None
    experiment: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    #: The fields of the draft's record that say what it was made from.
    parents: Mapping[str, Any] = field(default_factory=dict)


def source_of(workspace: Workspace, made_from: Any) -> Source:
    """Return what a draft takes from `made_from`.

    Raises:
        PipelineBuildError: a draft cannot be made from it.
    """
    from lazulite.sdk.pipeline import Pipeline
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.publishing.pipeline_draft import PipelineDraft
    from lazulite.sdk.publishing.published_pipeline import PublishedPipeline

    if isinstance(made_from, Pipeline):
        description = made_from._description  # noqa: SLF001 - our own class
        with value_errors():
            return Source(made_from._with_code(), sys.executable, description, description)  # noqa: SLF001
    if isinstance(made_from, PublishedPipeline):
        return _of_published(workspace, made_from._record)  # noqa: SLF001
    if isinstance(made_from, PipelineRun):
        return _of_run(workspace, made_from.id)
    if isinstance(made_from, PipelineDraft):
        return _of_draft(workspace, made_from._record)  # noqa: SLF001
    raise PipelineBuildError(
        f"pipeline is {made_from!r}. Expected a Pipeline, PublishedPipeline, PipelineRun or PipelineDraft."
    )


def _of_published(workspace: Workspace, record: Any) -> Source:
    parents = {"parent_pipeline_id": record.id}
    plan = _plan(workspace, record.graph)
    return Source(plan, record.interpreter, record.name, record.description, parents=parents)


def _of_run(workspace: Workspace, run_id: str) -> Source:
    with value_errors():
        submission = workspace._service.get_submission(workspace._id, run_id)  # noqa: SLF001 - the SDK's own seam
    return Source(
        submission.plan,
        submission.interpreter,
        submission.display_name,
        submission.description,
        submission.experiment,
        submission.parameters,
        {"parent_run_id": run_id},
    )


def _of_draft(workspace: Workspace, record: Any) -> Source:
    return Source(
        _plan(workspace, record.graph),
        record.interpreter,
        record.name,
        record.description,
        record.experiment,
        record.parameters,
        {"parent_draft_id": record.id},
    )


def _plan(workspace: Workspace, graph: str) -> Plan:
    with value_errors():
        plan: Plan = workspace._service.get_plan(workspace._id, graph)  # noqa: SLF001
        return plan
