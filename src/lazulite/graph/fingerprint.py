"""What identifies a step's work: the components of its reuse key.

The key is about what runs. In it: the script or command, the code by the step's scope, arguments, parameter values,
inputs by content, outputs, environment, version, node count. Not in it: the names of step, run and compute target,
tags, what the step waits for, where the code or the data were, the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lazulite.model.codec import to_data
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.plan import (
    Action,
    Argument,
    Input,
    InputArgument,
    Literal,
    Output,
    OutputArgument,
    ParameterArgument,
    PathParameter,
    RunScript,
    RunTask,
    Step,
)
from lazulite.model.snapshot import Snapshot
from lazulite.model.values import ParameterValue

#: The scopes of a step's code: every file of its folder, or the main script and the hash_paths.
SCOPES = ("directory", "script")


def components(
    step: Step,
    *,
    snapshot_of: Callable[[str], Snapshot],
    inputs: Mapping[str, str],
    parameters: Mapping[str, ParameterValue],
) -> dict[str, Any]:
    """Return the components for `model.reuse.ReuseKey`, by readable name.

    Args:
        step: The step, its `snapshot` filled in.
        snapshot_of: From a snapshot id to its files; asked only where the scope is "script".
        inputs: By input name, the version of its content.
        parameters: The values the run was submitted with, defaults included.

    Raises:
        KeyError: `inputs` or `parameters` lacks one that the step has.
    """
    found: dict[str, Any] = {
        "action": _action(step.action),
        "code": _code(step, snapshot_of),
        "arguments": [_argument(argument) for argument in step.arguments],
        "environment": _environment(step.environment),
        "environment variables": dict(step.environment.variables),
        "version": step.version,
        "node_count": step.node_count,
    }
    for name, value in _parameter_values(step, parameters).items():
        found[f"parameter {name}"] = to_data(value)
    for given in step.inputs:
        found[f"input {given.name}"] = _input(given, inputs)
    for output in step.outputs:
        found[f"output {output.name}"] = _output(output)
    return found


def _action(action: Action) -> Any:
    """What is run, without what changes nothing of it."""
    return to_data(replace(action, incidental={}) if isinstance(action, RunTask) else action)


def _code(step: Step, snapshot_of: Callable[[str], Snapshot]) -> dict[str, Any]:
    if step.scope == "script" and isinstance(step.action, (RunScript, RunTask)) and step.action.script:
        wanted = (step.action.script, *step.hash_paths)
        return {"scope": "script", "files": files_of(snapshot_of(step.snapshot), wanted)}
    # A command has no one file that is its script, so all files count.
    return {"scope": "directory", "snapshot": step.snapshot}


def _environment(spec: EnvironmentSpec) -> dict[str, Any]:
    """What decides which packages the script meets; not the definition's name, and not the order of requirements."""
    return {
        "python": spec.python,
        "pip": sorted(spec.pip),
        "pip_options": list(spec.pip_options),
        "conda": sorted(spec.conda),
        "channels": list(spec.channels),
        "interpreter": (spec.interpreter_path or "current") if spec.user_managed else None,
        "image": spec.image,
        "dockerfile": spec.dockerfile,
    }


def files_of(snapshot: Snapshot, paths: tuple[str, ...]) -> dict[str, str]:
    """Return the digests, by path, of the snapshot's files that are one of `paths` or below one that is a folder."""
    exact = {path for path in paths if path}
    folders = tuple(f"{path.rstrip('/')}/" for path in paths if path not in ("", "."))
    everything = "." in paths
    return {
        file.path: file.digest
        for file in snapshot.files
        if everything or file.path in exact or file.path.startswith(folders)
    }


def _argument(argument: Argument) -> dict[str, str]:
    if isinstance(argument, Literal):
        return {"text": argument.text}
    kinds: Mapping[type, str] = {
        InputArgument: "input",
        OutputArgument: "output",
        ParameterArgument: "parameter",  # its value is a component of its own
    }
    return {kinds[type(argument)]: argument.name}


def _parameter_values(step: Step, values: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    """Every value that reaches the script by name; a data path counts by the content of its input instead."""
    places = {given.source.parameter for given in step.inputs if isinstance(given.source, PathParameter)}
    found: dict[str, ParameterValue] = {}
    for argument in step.arguments:
        if isinstance(argument, ParameterArgument) and argument.name not in places:
            found[argument.name] = values[argument.name]
    for name, item in step.parameters.items():
        if isinstance(item, ParameterArgument) and item.name in places:
            continue
        value = item.text if isinstance(item, Literal) else values[item.name]
        # An argument and one of `params` may have the same name and different values.
        found[name if found.get(name, value) == value else f"{name} of params"] = value
    for output in step.outputs:
        if output.place is not None:
            found[output.place.parameter] = values[output.place.parameter]
    return found


def _input(given: Input, versions: Mapping[str, str]) -> dict[str, Any]:
    return {"version": versions[given.name], "mode": given.mode, "path_on_compute": given.path_on_compute}


def _output(output: Output) -> dict[str, Any]:
    return {
        "datastore": output.datastore,
        "path": output.path,
        "mode": output.mode,
        "path_on_compute": output.path_on_compute,
        "is_directory": output.is_directory,
    }
