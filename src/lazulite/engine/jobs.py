"""From a step of a plan to a job: every name becomes a value, every place a path on a datastore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.engine.run_tokens import RunToken
from lazulite.model import vm_sizes
from lazulite.model.assets import ComputeTarget, Workspace
from lazulite.model.job import Job, JobArgument, JobInput, JobOutput, Resources
from lazulite.model.plan import (
    Argument,
    DataSource,
    Input,
    Literal,
    Output,
    ParameterArgument,
    PathParameter,
    Plan,
    RunTask,
    Step,
    StepOutput,
)
from lazulite.model.run import OutputRecord, Submission
from lazulite.model.values import DataPathValue, ParameterValue, as_text
from lazulite.records.run_rows import StepState

_GIB = 1 << 30


def parameter_values(plan: Plan, given: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    """The values of the plan's parameters: the submitted ones over the defaults."""
    return {**{parameter.name: parameter.default for parameter in plan.parameters}, **given}


def resolve_arguments(
    arguments: Sequence[Argument], values: Mapping[str, ParameterValue]
) -> tuple[JobArgument, ...]:
    """Put parameter values into arguments. A None takes its argument away, and the `--flag` before it."""
    resolved: list[JobArgument] = []
    for argument in arguments:
        if not isinstance(argument, ParameterArgument):
            resolved.append(argument)
            continue
        value = values[argument.name]
        if value is not None:
            resolved.append(Literal(as_text(value)))
        elif resolved and isinstance(resolved[-1], Literal) and resolved[-1].text.startswith("--"):
            resolved.pop()
    return tuple(resolved)


def resolve_parameters(step: Step, values: Mapping[str, ParameterValue]) -> dict[str, str]:
    """What the script finds as AML_PARAMETER_*: `params`, and every pipeline parameter in the arguments."""
    named: dict[str, ParameterValue] = {
        argument.name: values[argument.name]
        for argument in step.arguments
        if isinstance(argument, ParameterArgument)
    }
    for name, value in step.parameters.items():
        named[name] = values[value.name] if isinstance(value, ParameterArgument) else value.text
    return {name: as_text(value) for name, value in named.items() if value is not None}


def input_place(
    source: DataSource | StepOutput | PathParameter,
    values: Mapping[str, ParameterValue],
    produced: Mapping[tuple[str, str], OutputRecord],
) -> DataSource:
    """Where an input's data are, once its producer has run."""
    if isinstance(source, StepOutput):
        record = produced[source.node, source.output]
        return DataSource(record.datastore, record.path)
    if isinstance(source, PathParameter):
        value = values[source.parameter]
        if not isinstance(value, DataPathValue):
            raise TypeError(f"parameter {source.parameter!r} holds {value!r}, not a data path")
        return DataSource(value.datastore, value.path)
    return source


def output_path(output: Output, run_id: str) -> str:
    """The place of an output on its datastore."""
    return output.path.replace("{run-id}", run_id).replace("{output-name}", output.name)


def job_id(run_id: str, attempt: int) -> str:
    return f"{run_id}-{attempt}"


def make_job(
    home: Home,
    workspace: Workspace,
    submission: Submission,
    step: Step,
    run: StepState,
    attempt: int,
    target: ComputeTarget,
    places: Places,
    produced: Mapping[tuple[str, str], OutputRecord],
    token: RunToken,
) -> Job:
    """Everything a worker needs for one try of `step`. `produced` holds the outputs of the steps before it."""
    values = parameter_values(submission.plan, submission.parameters)
    identity = job_id(run.id, attempt)
    inputs = tuple(_job_input(item, values, produced) for item in step.inputs)
    outputs = tuple(_job_output(item, run.id, values) for item in step.outputs)
    used = (
        {item.datastore for item in inputs} | {item.datastore for item in outputs} | {run.artifact_datastore}
    )
    job = Job(
        id=identity,
        run_id=run.id,
        pipeline_run_id=run.root_id,
        attempt=attempt,
        step_name=step.name,
        step_type=step.step_type,
        experiment=submission.experiment,
        workspace=workspace,
        compute=target.name,
        home=str(home.root),
        folder=home.job(workspace.id, identity),
        blobs=str(home.blobs(workspace.id)),
        snapshot=step.snapshot,
        interpreter=submission.interpreter,
        action=step.action,
        artifact_datastore=run.artifact_datastore,
        artifact_path=run.artifact_path,
        arguments=resolve_arguments(step.arguments, values),
        inputs=inputs,
        outputs=outputs,
        parameters=resolve_parameters(step, values),
        datastores={name: places.datastore(name) for name in sorted(used)},
        environment=step.environment,
        resources=_resources(target),
        timeout_seconds=step.timeout_seconds,
        token=token.text,
        token_expires=token.expires,
        spool=_spool(run, places),
        cache=str(home.data_cache),
        target=target if isinstance(step.action, RunTask) else None,
    )
    return done_elsewhere(job) if job.target and job.target.is_elsewhere else job


def done_elsewhere(job: Job) -> Job:
    """The job of a task that a service does: it reads and writes the data itself, and keeps the time."""
    return replace(
        job,
        inputs=tuple(replace(item, mode="direct") for item in job.inputs),
        outputs=tuple(replace(item, mode="direct") for item in job.outputs),
        timeout_seconds=None,
    )


def _spool(run: StepState, places: Places) -> str:
    if places.is_folder(run.artifact_datastore):
        return ""
    return str(places.artifacts(run.artifact_datastore, run.artifact_path))


def _job_input(
    item: Input, values: Mapping[str, ParameterValue], produced: Mapping[tuple[str, str], OutputRecord]
) -> JobInput:
    place = input_place(item.source, values, produced)
    return JobInput(item.name, place.datastore, place.path, item.mode, item.path_on_compute, item.overwrite)


def _job_output(item: Output, run_id: str, values: Mapping[str, ParameterValue]) -> JobOutput:
    place = DataSource(item.datastore, output_path(item, run_id))
    if item.place is not None:
        place = input_place(item.place, values, {})
    return JobOutput(
        item.name,
        place.datastore,
        place.path,
        item.mode,
        item.path_on_compute,
        item.overwrite,
        item.is_directory,
    )


def _resources(target: ComputeTarget) -> Resources:
    size = vm_sizes.size(target.vm_size)
    if size is None:
        return Resources()
    return Resources(size.cores, int(size.memory_gb * _GIB), size.gpus, size.name)
