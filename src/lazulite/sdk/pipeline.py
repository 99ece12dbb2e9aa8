"""A pipeline: steps, checked and ready to be submitted. v1: `azureml.pipeline.core.Pipeline`."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lazulite.graph.drafts import Known
from lazulite.graph.freeze import Frozen, freeze_with_nodes
from lazulite.graph.labels import nearest
from lazulite.model.assets import AssetKind
from lazulite.model.errors import InvalidPlan, LazuliteError, NotFound
from lazulite.model.garbage import uncollected
from lazulite.model.run import Submission
from lazulite.sdk import plan_only
from lazulite.sdk.data_place import datastore_name
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.missing_data import missing_data
from lazulite.sdk.pipeline_errors import PipelineBuildError
from lazulite.sdk.pipeline_later import Later
from lazulite.sdk.pipeline_submission import (
    announce,
    ask_git,
    flag,
    parameter_values,
    resumed_id,
    user,
    warn_of_current_directory,
)
from lazulite.sdk.pipeline_tree import PipelineTree
from lazulite.sdk.publishing.pipeline_publishing import PipelinePublishing
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.script_step import SCOPES

if TYPE_CHECKING:
    from lazulite.model.assets import Workspace as WorkspaceRecord
    from lazulite.model.plan import Plan
    from lazulite.model.snapshot import Snapshot
    from lazulite.model.values import ParameterValue
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_forecast import PipelineForecast
    from lazulite.sdk.pipeline_graph import Graph
    from lazulite.sdk.pipeline_run import PipelineRun

#: The workspace's setting for what counts as the code of its steps.
SCOPE_SETTING = "reuse.scope"


class Pipeline(PipelinePublishing, Later):
    """Steps that run together. Building it checks everything, uploads nothing and runs nothing.

    Args:
        workspace: The workspace.
        steps: Steps, lists of steps in any depth (no order), StepSequences (an order), PipelineData (the step that
            writes it). Steps that these take data from or run after need not be listed.
        description: What it is for; the run's name.
        default_datastore: A datastore or its name, for outputs that have none; without it the workspace's default.
        default_source_directory: The source directory of steps that have none; without it the current directory.
        resolve_closure: Whether steps that are needed and not listed are taken in. If not, they are errors.

    The parameters with a leading underscore are v1's own private ones, without effect.

    Raises:
        ValueError: the pipeline has mistakes (it is also a UserErrorException). All are reported at once, each by
            the name of its step: a cycle with its steps, a missing script, an unknown compute target or datastore,
            data that no step writes or two write, names used twice.

    Example:
        `Pipeline(ws, steps=[prepare, train]).submit("my-experiment")`
    """

    def __init__(
        self,
        workspace: Any,
        steps: Any,
        description: str | None = None,
        default_datastore: Any = None,
        default_source_directory: str | None = None,
        resolve_closure: bool = True,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
        **kwargs: Any,
    ) -> None:
        _refuse_unknown(kwargs, Pipeline.__init__, "Pipeline")
        if not hasattr(workspace, "_service"):
            raise PipelineBuildError(
                f"workspace is {workspace!r}. Expected a Workspace, as Workspace.get(name)."
            )
        self._workspace = workspace
        self._description = description
        self._default_datastore = None if default_datastore is None else datastore_name(default_datastore)
        self._default_source_directory = default_source_directory
        with v1_errors():
            record = self._service.get_workspace(self._workspace_id)
            author = Author(default_source_directory, _scope(record.settings), (record.id, record.name))
            with uncollected():
                self._tree = PipelineTree(steps, author, resolve=resolve_closure)
                self._frozen = self._freeze(record)

    # --- what it is ---

    @property
    def graph(self) -> Graph:
        """Its graph, to look at: nodes, edges, data sources, parameters."""
        from lazulite.sdk.pipeline_graph import graph_of_plan

        name = self._description or "Pipeline"
        return graph_of_plan(self._workspace, self._frozen.plan, name, keys=self._frozen.nodes)

    def validate(self) -> list[str]:
        """Check again, against the workspace as it is now, and return what is wrong: [] if all is well.

        A pipeline that was built had no mistakes then; a compute target may have been deleted since. Prints a line
        for each step that is ready. Never raises.
        """
        try:
            self._freeze(self._service.get_workspace(self._workspace_id))
        except PipelineBuildError as error:
            return list(error.problems)
        except LazuliteError as error:
            return [error.message]
        for step in self._frozen.plan.steps:
            print(f"Step {step.name} is ready to be created [{step.node}]")
        return []

    def _freeze(self, record: WorkspaceRecord) -> Frozen:
        known = self._known(record)
        try:
            return freeze_with_nodes(self._tree.tree, self._tree.closure, known, self._description)
        except InvalidPlan as error:
            raise PipelineBuildError(error.message, error.problems, inner_exception=error) from error

    def _known(self, record: WorkspaceRecord) -> Known:
        def names(kind: AssetKind) -> frozenset[str]:
            return frozenset(asset.name for asset in self._service.list_assets(self._workspace_id, kind))

        datastores = names(AssetKind.DATASTORE)
        default = self._default_datastore or record.default_datastore
        if self._default_datastore and default not in datastores:
            raise PipelineBuildError(
                f"The default_datastore '{default}' is not in the workspace.{nearest(default, sorted(datastores))} "
                f"It has: {', '.join(sorted(datastores))}."
            )
        return Known(names(AssetKind.COMPUTE), datastores, default, self._default_source_directory)

    @property
    def _service(self) -> Any:
        return self._workspace._service  # noqa: SLF001 - the SDK's own seam

    @property
    def _workspace_id(self) -> str:
        return str(self._workspace._id)  # noqa: SLF001

    # --- running it ---

    def submit(
        self,
        experiment_name: str,
        pipeline_parameters: Mapping[str, Any] | None = None,
        continue_on_step_failure: bool = False,
        regenerate_outputs: bool = False,
        parent_run_id: str | None = None,
        credential_passthrough: bool | None = None,
        **kwargs: Any,
    ) -> PipelineRun:
        """Submit it, and return its run at once. The run goes on when this process ends.

        Args:
            experiment_name: The experiment; created if it is not there.
            pipeline_parameters: Values by name; each has the type of the parameter's default. They are all checked
                before anything is uploaded.
            continue_on_step_failure: When a step fails, still run all that do not depend on it.
            regenerate_outputs: Run every step, whatever could be reused.
            parent_run_id: A run of the same experiment that this one belongs to.
            credential_passthrough: Accepted and without effect.
            **kwargs: tags and step_tags (dicts of text, for the run and for its steps: never part of a reuse key),
                display_name; resume (a PipelineRun or its id): take over every step that completed in that run, found
                by its name, although the code changed since. More than v1 had.

        Raises:
            UserErrorException: a value is wrong (also a ValueError), or a source directory cannot be read.
        """
        from lazulite.sdk.experiment import Experiment

        if "pipeline_params" in kwargs:
            warnings.warn("'pipeline_params' is the old spelling of 'pipeline_parameters'.", stacklevel=2)
            pipeline_parameters = pipeline_parameters or kwargs.pop("pipeline_params")
        known = inspect.signature(Pipeline._submit).parameters
        _refuse_unknown({name: 0 for name in kwargs if name not in known}, Pipeline._submit, "submit")
        experiment = Experiment(self._workspace, experiment_name)
        experiment._refuse_archived()  # noqa: SLF001 - the SDK's own seam
        return self._submit(
            experiment,
            continue_on_step_failure=continue_on_step_failure,
            regenerate_outputs=regenerate_outputs,
            pipeline_parameters=pipeline_parameters,
            parent_run_id=parent_run_id,
            **kwargs,
        )

    def _submit(
        self,
        experiment: Experiment,
        tags: Mapping[str, str] | None = None,
        continue_on_step_failure: bool | None = False,
        regenerate_outputs: bool | None = False,
        pipeline_parameters: Mapping[str, Any] | None = None,
        parent_run_id: str | None = None,
        step_tags: Mapping[str, str] | None = None,
        display_name: str | None = None,
        resume: Any = None,
    ) -> PipelineRun:
        """Submit to an experiment: what `Experiment.submit` calls."""
        from lazulite.sdk.pipeline_run import PipelineRun
        from lazulite.sdk.workspace_lookup import checked_tags

        if experiment.workspace._id != self._workspace_id:  # noqa: SLF001
            raise PipelineBuildError(
                f"The experiment '{experiment.name}' is of workspace '{experiment.workspace.name}', the pipeline of "
                f"workspace '{self._workspace.name}'. Use an experiment of the pipeline's workspace."
            )
        if plan_only.is_asked():
            plan_only.show_and_end(self.plan(pipeline_parameters, bool(regenerate_outputs)))
        submission = Submission(
            experiment=experiment.name,
            plan=self._frozen.plan,
            parameters=self._values(pipeline_parameters),
            tags=checked_tags(tags),
            step_tags=checked_tags(step_tags),
            display_name=display_name,
            continue_on_step_failure=flag("continue_on_step_failure", continue_on_step_failure),
            regenerate_outputs=flag("regenerate_outputs", regenerate_outputs),
            parent_run_id=parent_run_id,
            resumes=resumed_id(resume),
            interpreter=sys.executable,
            submitted_by=user(),
        )
        self._warn_of_current_directory(4)
        with v1_errors():
            git_facts = ask_git(submission.plan)
            submission = replace(submission, plan=self._with_code())
            notes = missing_data(self._service, self._workspace_id, submission)
            record = self._service.submit(self._workspace_id, replace(submission, properties=git_facts()))
        run = PipelineRun(experiment, record.id, _record=record)
        announce(submission, run, notes)
        return run

    def plan(
        self,
        pipeline_parameters: Mapping[str, Any] | None = None,
        regenerate_outputs: bool = False,
    ) -> PipelineForecast:
        """Return what `submit` would do now: per step, whether it would run or be reused, and why. Not in v1.

        Nothing is recorded. The code is handed over as at submission, because the answer depends on it.

        Args:
            pipeline_parameters: As for `submit`.
            regenerate_outputs: As for `submit`.

        Raises:
            UserErrorException: as `submit`.

        Example:
            `print(pipeline.plan())`
        """
        from lazulite.sdk.pipeline_forecast import forecast_of

        values = self._values(pipeline_parameters)
        with v1_errors():
            submission = Submission(
                experiment="plan",
                plan=self._with_code(),
                parameters=values,
                regenerate_outputs=flag("regenerate_outputs", regenerate_outputs),
                interpreter=sys.executable,
                submitted_by=user(),
            )
            decisions = self._service.forecast(self._workspace_id, submission)
            return forecast_of(submission.plan, decisions, self._snapshot)

    def _values(self, given: Mapping[str, Any] | None) -> dict[str, ParameterValue]:
        if not given and not self._frozen.plan.parameters:
            return parameter_values((), given, ())
        with v1_errors():
            datastores = [
                one.name for one in self._service.list_assets(self._workspace_id, AssetKind.DATASTORE)
            ]
        return parameter_values(self._frozen.plan.parameters, given, datastores)

    def _warn_of_current_directory(self, depth: int) -> None:
        if self._default_source_directory is None:
            warn_of_current_directory((self._tree.steps[key] for key in self._frozen.nodes), depth)

    def _with_code(self) -> Plan:
        from lazulite.sdk.pipeline_code import hand_over

        return hand_over(self._service, self._workspace_id, self._frozen.plan)

    def _snapshot(self, snapshot_id: str) -> Snapshot | None:
        try:
            found: Snapshot = self._service.get_snapshot(self._workspace_id, snapshot_id)
        except NotFound:
            return None
        return found

    def __repr__(self) -> str:
        steps = ", ".join(repr(step.name) for step in self._frozen.plan.steps)
        return f"Pipeline(description={self._description!r}, steps=[{steps}])"


def _scope(settings: Mapping[str, str]) -> str:
    scope = settings.get(SCOPE_SETTING, "directory")
    if scope not in SCOPES:
        raise UserErrorException(
            f"The workspace's setting {SCOPE_SETTING} is {scope!r}. Expected 'directory' or 'script'."
        )
    return scope


def _refuse_unknown(given: Mapping[str, Any], function: Any, what: str) -> None:
    known = [
        name
        for name in inspect.signature(function).parameters
        if not name.startswith(("_", "self", "kwargs"))
    ]
    for name in given:
        raise PipelineBuildError(f"{what} has no parameter '{name}'.{nearest(name, known)}")
