"""A submission, checked against the workspace, and the rows it becomes.

The SDK checks all this too, so that a mistake is found before anything is uploaded; a client that speaks to the
service directly meets the same words here.
"""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone

from lazulite.engine.jobs import parameter_values
from lazulite.engine.layout import artifact_path
from lazulite.graph.labels import listed, nearest
from lazulite.model import ids
from lazulite.model.assets import Workspace
from lazulite.model.codec import to_data
from lazulite.model.errors import InvalidPlan, InvalidRequest
from lazulite.model.plan import DataSource, Parameter, Plan
from lazulite.model.publishing import RESUMES
from lazulite.model.run import Run, RunKind, RunStatus, Submission
from lazulite.model.values import DataPathValue, ParameterValue, as_text

_TYPE_WORDS = {bool: "bool", int: "int", float: "float", str: "str", DataPathValue: "data path"}


def check(submission: Submission, computes: Iterable[str], datastores: Iterable[str]) -> None:
    """Find everything that would stop the run later.

    Raises:
        InvalidPlan: steps name computes or datastores that do not exist, or have no snapshot.
        InvalidRequest: a parameter is unknown or its value has the wrong type.
    """
    ids.checked("experiment", submission.experiment)
    check_parameters(submission.plan.parameters, submission.parameters)
    check_anew(submission)
    datastores = set(datastores)
    places = [value for value in submission.parameters.values() if isinstance(value, DataPathValue)]
    check_plan(
        submission.plan,
        computes,
        datastores,
        [
            f"A parameter names datastore '{value.datastore}', which the workspace does not have. "
            f"It has: {listed(sorted(datastores))}."
            for value in places
            if value.datastore not in datastores
        ],
    )


def check_plan(
    plan: Plan, computes: Iterable[str], datastores: Iterable[str], further: Iterable[str] = ()
) -> None:
    """Find what would stop the steps of a plan later, besides the `further` problems that are known.

    Raises:
        InvalidPlan: steps name computes or datastores that do not exist, or have no snapshot.
    """
    known_computes, known_datastores = set(computes), set(datastores)
    problems: list[str] = []
    for step in plan.steps:
        if step.compute not in known_computes:
            problems.append(
                f"Step '{step.name}' runs on compute '{step.compute}', which the workspace does not have. "
                f"It has: {listed(sorted(known_computes))}."
            )
        used = {output.datastore for output in step.outputs}
        used |= {item.source.datastore for item in step.inputs if isinstance(item.source, DataSource)}
        problems += [
            f"Step '{step.name}' uses datastore '{name}', which the workspace does not have. "
            f"It has: {listed(sorted(known_datastores))}."
            for name in sorted(used - known_datastores)
        ]
        if not step.snapshot:
            problems.append(f"Step '{step.name}' has no snapshot of its source folder.")
    problems += further
    if problems:
        raise InvalidPlan(problems)


def check_parameters(declared: Iterable[Parameter], given: Mapping[str, ParameterValue]) -> None:
    """Check names and types of parameter values.

    Raises:
        InvalidRequest: naming the parameter, the type it has and the one that was given.
    """
    defaults = {parameter.name: parameter.default for parameter in declared}
    for name, value in given.items():
        if name not in defaults:
            raise InvalidRequest(
                f"The pipeline has no parameter '{name}'.{nearest(name, list(defaults))} It has: {listed(sorted(defaults))}.",
                parameter=name,
            )
        default = defaults[name]
        if value is None or default is None or type(value) is type(default):
            continue
        raise InvalidRequest(
            f"Parameter '{name}' takes {_TYPE_WORDS.get(type(default), 'a value')} (its default is "
            f"{as_text(default)!r}); {_TYPE_WORDS.get(type(value), type(value).__name__)} {as_text(value)!r} was given.",
            parameter=name,
        )


def check_anew(submission: Submission) -> None:
    """Check what is said about steps that run again and steps that are taken over.

    Raises:
        InvalidRequest: it names steps that the plan does not have, or contradicts itself.
    """
    unknown = sorted(set(submission.anew) - {step.node for step in submission.plan.steps})
    if unknown:
        raise InvalidRequest(f"The pipeline has no step with the node id {unknown[0]!r}.", node=unknown[0])
    if submission.resumes and submission.regenerate_outputs:
        raise InvalidRequest(
            f"A run that resumes {submission.resumes} takes over what completed there; regenerate_outputs=True runs every "
            "step. Give one of the two."
        )


def filled(submission: Submission) -> Submission:
    """The submission with what it leaves open: this interpreter, this user."""
    return replace(
        submission,
        run_id=None,  # the run has it; whoever runs this again wants another
        interpreter=submission.interpreter or sys.executable,
        submitted_by=submission.submitted_by or user(),
    )


def interactive_run(workspace: Workspace, run: Run, parent: Run | None) -> Run:
    """The row of a run that its owner drives.

    Raises:
        InvalidName: its id cannot be used.
    """
    run_id = ids.checked("run", run.id) if run.id else ids.new_id()
    return replace(
        run,
        id=run_id,
        workspace=workspace.id,
        root_id=parent.root_id if parent else run_id,
        artifact_datastore=workspace.default_datastore,
        artifact_path=artifact_path(run_id),
        submitted_by=run.submitted_by or user(),
    )


def pipeline_run(workspace: Workspace, submission: Submission, run_id: str | None = None) -> Run:
    """The row of the pipeline run itself."""
    run_id = run_id or ids.new_id()
    values = parameter_values(submission.plan, submission.parameters)
    properties = {
        "azureml.runsource": "azureml.PipelineRun",
        "runSource": "SDK",
        "runType": "SDK",
        "azureml.parameters": json.dumps({name: to_data(value) for name, value in values.items()}),
        "azureml.continue_on_step_failure": str(submission.continue_on_step_failure),
        "azureml.pipelineComponent": "pipelinerun",
    }
    resumed = {RESUMES: submission.resumes} if submission.resumes else {}
    return Run(
        id=run_id,
        workspace=workspace.id,
        experiment=submission.experiment,
        kind=RunKind.PIPELINE,
        status=RunStatus.NOT_STARTED,
        created_at=datetime.now(timezone.utc),
        name=submission.plan.description or submission.experiment,
        display_name=submission.display_name,
        description=submission.description or submission.plan.description,
        parent_id=submission.parent_run_id,
        root_id=run_id,
        tags=dict(submission.tags),
        properties={**submission.properties, **properties, **submission.run_properties, **resumed},
        artifact_datastore=workspace.default_datastore,
        artifact_path=artifact_path(run_id),
        submitted_by=submission.submitted_by,
    )


def step_runs(parent: Run, plan: Plan, submission: Submission, target_types: Mapping[str, str]) -> list[Run]:
    """The rows of the step runs, in plan order."""
    runs = []
    for step in plan.steps:
        run_id = ids.new_id()
        properties = {
            "ContentSnapshotId": step.snapshot,
            "StepType": step.step_type,
            "ComputeTargetType": target_types.get(step.compute, ""),
            "azureml.moduleid": f"{step.snapshot[:16]}-{step.node}",
            "azureml.moduleName": step.name,
            "azureml.runsource": "azureml.StepRun",
            "azureml.nodeid": step.node,
            "azureml.pipelinerunid": parent.id,
            "azureml.pipeline": parent.id,
            "azureml.pipelineComponent": "masterescloud",
        }
        runs.append(
            Run(
                id=run_id,
                workspace=parent.workspace,
                experiment=parent.experiment,
                kind=RunKind.STEP,
                status=RunStatus.NOT_STARTED,
                created_at=parent.created_at,
                name=step.name,
                parent_id=parent.id,
                root_id=parent.id,
                node=step.node,
                tags=dict(submission.step_tags),
                properties={**submission.properties, **properties},
                target=step.compute,
                artifact_datastore=parent.artifact_datastore,
                artifact_path=artifact_path(run_id),
                submitted_by=parent.submitted_by,
            )
        )
    return runs


def user() -> str:
    """The name of who asks; empty where the system knows none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
