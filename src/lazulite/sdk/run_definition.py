"""What a step ran, and on which data, in the words of v1's run configuration: `get_details()["runDefinition"]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model import plan
from lazulite.model.run import Run, RunKind, RunQuery, RunStatus, Submission
from lazulite.model.values import DataPathValue, ParameterValue, as_text, data_reference_placeholder

if TYPE_CHECKING:
    from lazulite.api.service import Service

#: A run that was never started has not been given places for its outputs.
_WITHOUT_PLACES = (RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.BYPASSED)

Place = tuple["str | None", "str | None"]


def run_definition(service: Service, workspace: str, run: Run) -> dict[str, Any]:
    """Return the definition of a step run. Of data that no step has written yet the place is None.

    Args:
        service: The service.
        workspace: The workspace's id.
        run: The step run.
    """
    submission = service.get_submission(workspace, run.root_id)
    step = submission.plan.step(run.node or "")
    values = {
        **{parameter.name: parameter.default for parameter in submission.plan.parameters},
        **submission.parameters,
    }
    given = _inputs(service, workspace, run, step, submission, values)
    own = _outputs(service, workspace, run, step)
    return {
        "script": _script(step.action),
        "command": step.action.text if isinstance(step.action, plan.RunShell) else "",
        "useAbsolutePath": False,
        "arguments": _arguments(step.arguments, values),
        "framework": "Python",
        "communicator": "None",
        "target": step.compute,
        "dataReferences": {item.name: _input(item, given[item.name]) for item in step.inputs},
        "data": {},
        "outputData": {item.name: _output(item, own[item.name]) for item in step.outputs},
        "jobName": None,
        "maxRunDurationSeconds": step.timeout_seconds,
        "nodeCount": step.node_count,
        "environment": _environment(step),
        "history": {"outputCollection": True, "directoriesToWatch": ["logs"], "snapshotProject": True},
        "parameters": {name: _parameter(value, values) for name, value in step.parameters.items()},
        "snapshotId": step.snapshot,
    }


def filled(output: plan.Output, run_id: str) -> str:
    """The path of an output that is not recorded: of a step that still runs, or failed half-way."""
    return output.path.replace("{run-id}", run_id).replace("{output-name}", output.name)


# --- arguments ---


def _arguments(arguments: tuple[plan.Argument, ...], values: Mapping[str, ParameterValue]) -> list[str]:
    """The arguments as texts. A parameter that is None takes its argument away, and the `--flag` before it."""
    texts: list[str] = []
    literal = False
    for argument in arguments:
        if isinstance(argument, plan.ParameterArgument) and values.get(argument.name) is None:
            if literal and texts[-1].startswith("--"):
                texts.pop()
            literal = False
            continue
        literal = isinstance(argument, plan.Literal)
        texts.append(_argument(argument, values))
    return texts


def _argument(argument: plan.Argument, values: Mapping[str, ParameterValue]) -> str:
    if isinstance(argument, plan.Literal):
        return argument.text
    if isinstance(argument, plan.ParameterArgument):
        return as_text(values[argument.name])
    return data_reference_placeholder(argument.name)


def _parameter(argument: plan.Argument, values: Mapping[str, ParameterValue]) -> str | None:
    if isinstance(argument, plan.ParameterArgument) and values.get(argument.name) is None:
        return None
    return _argument(argument, values)


# --- data ---


def _outputs(service: Service, workspace: str, run: Run, step: plan.Step) -> dict[str, Place]:
    """Where the outputs of a step run are; of one that reused another run, where that one wrote them."""
    recorded: dict[str, Place] = {
        output.name: (output.datastore, output.path) for output in service.get_outputs(workspace, run.id)
    }
    started = run.status not in _WITHOUT_PLACES
    return {
        output.name: recorded.get(
            output.name, (output.datastore, filled(output, run.id) if started else None)
        )
        for output in step.outputs
    }


def _inputs(
    service: Service,
    workspace: str,
    run: Run,
    step: plan.Step,
    submission: Submission,
    values: Mapping[str, ParameterValue],
) -> dict[str, Place]:
    """Where the inputs of a step run are."""
    sources = {item.name: item.source for item in step.inputs}
    wanted = {source.node for source in sources.values() if isinstance(source, plan.StepOutput)}
    written: dict[tuple[str, str], Place] = {}
    if wanted:
        for other in service.list_runs(workspace, RunQuery(parent_id=run.root_id, kind=RunKind.STEP)):
            if other.node in wanted:
                places = _outputs(service, workspace, other, submission.plan.step(other.node))
                written |= {(other.node, name): place for name, place in places.items()}
    return {name: _place(source, written, values) for name, source in sources.items()}


def _place(
    source: plan.DataSource | plan.StepOutput | plan.PathParameter,
    written: Mapping[tuple[str, str], Place],
    values: Mapping[str, ParameterValue],
) -> Place:
    if isinstance(source, plan.StepOutput):
        return written.get((source.node, source.output), (None, None))
    if isinstance(source, plan.DataSource):
        return source.datastore, source.path
    value = values.get(source.parameter)
    return (value.datastore, value.path) if isinstance(value, DataPathValue) else (None, None)


def _input(item: plan.Input, place: Place) -> dict[str, Any]:
    return {
        "dataStoreName": place[0],
        "pathOnDataStore": place[1],
        "mode": item.mode.capitalize(),
        "pathOnCompute": item.path_on_compute,
        "overwrite": item.overwrite,
    }


def _output(item: plan.Output, place: Place) -> dict[str, Any]:
    return {
        "outputLocation": {"dataStoreName": place[0], "pathOnDataStore": place[1]},
        "mechanism": item.mode.capitalize(),
        "additionalOptions": {"pathOnCompute": item.path_on_compute},
    }


def _environment(step: plan.Step) -> dict[str, Any]:
    spec = step.environment
    packages: list[Any] = [f"python={spec.python}"] if spec.python else []
    packages += [*spec.conda, {"pip": list(spec.pip)}] if spec.pip else [*spec.conda]
    return {
        "name": spec.name,
        "version": spec.version,
        "python": {
            "interpreterPath": spec.interpreter_path or "python",
            "userManagedDependencies": spec.user_managed,
            "condaDependencies": {"channels": list(spec.channels), "dependencies": packages},
        },
        "environmentVariables": dict(spec.variables),
        "docker": {"baseImage": spec.image},
    }


def _script(action: plan.Action) -> str | None:
    """The file of the snapshot that is run, or that a task works on."""
    return (action.script or None) if isinstance(action, (plan.RunScript, plan.RunTask)) else None
