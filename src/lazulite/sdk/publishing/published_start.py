"""Starting what is published, from the SDK: values, the request, the run."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lazulite.graph.labels import listed, nearest
from lazulite.sdk.parameter import ParameterDefault, plain
from lazulite.sdk.pipeline_errors import PipelineBuildError, value_errors
from lazulite.sdk.pipeline_submission import announce_run, flag, user

if TYPE_CHECKING:
    from lazulite.model.plan import Parameter
    from lazulite.model.publishing import StartRequest
    from lazulite.model.values import ParameterValue
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.workspace import Workspace

_TYPES = ParameterDefault.__args__  # type: ignore[attr-defined]  # the members of the union


def started(experiment: Experiment, request: StartRequest) -> PipelineRun:
    """Start what the request names, print the run, and return it.

    Raises:
        PipelineBuildError: it is disabled or not there, or a value cannot be used.
    """
    from lazulite.sdk.pipeline_run import PipelineRun

    workspace = experiment.workspace
    with value_errors():
        record = workspace._service.start_published(workspace._id, request)  # noqa: SLF001 - the SDK's own seam
    run = PipelineRun(experiment, record.id, _record=record)
    announce_run(run)
    return run


def experiment_for(workspace: Workspace, name: str) -> Experiment:
    """Return the experiment that a run is to go to.

    Raises:
        UserErrorException: the name cannot be used, or it is archived.
    """
    from lazulite.sdk.experiment import Experiment

    experiment = Experiment(workspace, name)
    experiment._refuse_archived()  # noqa: SLF001
    return experiment


def given_values(declared: Iterable[Parameter], given: Any) -> dict[str, ParameterValue]:
    """Return values for a start as they travel. Names that are not declared are passed on with a warning, as v1 took them.

    Raises:
        PipelineBuildError: it is no dict, or a value is of no type that a parameter can have.
    """
    if given is not None and not isinstance(given, Mapping):
        raise PipelineBuildError(f"pipeline_parameters is {given!r}. Expected a dict of values by name.")
    known = sorted(parameter.name for parameter in declared)
    for name, value in (given or {}).items():
        if type(value) not in _TYPES:
            raise PipelineBuildError(
                f"The parameter '{name}' was given {value!r}, a {type(value).__name__}. Expected an int, float, bool, str "
                "or DataPath."
            )
        if name not in known:
            warnings.warn(
                f"The published pipeline has no parameter '{name}', and ignores it.{nearest(str(name), known)} "
                f"It has: {listed(known)}.",
                UserWarning,
                stacklevel=4,
            )
    return {str(name): plain(value) for name, value in (given or {}).items()}


def options(
    tags: Mapping[str, str] | None = None,
    step_tags: Mapping[str, str] | None = None,
    parent_run_id: str | None = None,
    display_name: str | None = None,
    continue_on_step_failure: bool | None = None,
    regenerate_outputs: bool | None = None,
) -> dict[str, Any]:
    """Return the fields of a `StartRequest` that are the same for everything that is started.

    Raises:
        UserErrorException: tags are no dict of text, or a switch is no bool.
    """
    from lazulite.sdk.workspace_lookup import checked_tags

    continues = continue_on_step_failure
    return {
        "tags": checked_tags(tags),
        "step_tags": checked_tags(step_tags),
        "parent_run_id": parent_run_id,
        "display_name": display_name,
        "continue_on_step_failure": None
        if continues is None
        else flag("continue_on_step_failure", continues),
        "regenerate_outputs": flag("regenerate_outputs", regenerate_outputs),
        "submitted_by": user(),
    }
