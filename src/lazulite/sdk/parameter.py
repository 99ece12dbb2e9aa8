"""A pipeline's parameters, and the values a submission gives them. v1: `azureml.pipeline.core.PipelineParameter`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Union

from lazulite.graph.labels import listed, nearest
from lazulite.model.plan import Parameter
from lazulite.model.values import DataPathValue, ParameterValue, parameter_placeholder
from lazulite.sdk.data_place import normal_path
from lazulite.sdk.datapath import DataPath

ParameterDefault = Union[bool, int, float, str, DataPath, None]

_TYPES = (bool, int, float, str, DataPath, type(None))
_WORDS: Mapping[type, str] = {
    bool: "a bool",
    int: "an int",
    float: "a float",
    str: "a str",
    DataPathValue: "a DataPath",
}


class PipelineParameter:
    """A value that can be given anew each time a pipeline is submitted.

    Use it in a step's `arguments` or `params`. The script receives it as text, and as the environment variable
    `AML_PARAMETER_<name>`. A bool arrives as `True` or `False`, which argparse's `type=bool` takes for true both.

    Args:
        name: Its name, by which `pipeline_parameters` sets it.
        default_value: An int, float, bool, str or DataPath; its type is the type that submitted values must have.
            None (more than v1 had) means: the argument is left out, together with a `--flag` before it; a submitted
            value may then be of any of the types.

    Raises:
        ValueError: the name is empty, or the default has another type.

    Example:
        `rate = PipelineParameter("learning_rate", 0.1)`, then `arguments=["--rate", rate]` and
        `experiment.submit(pipeline, pipeline_parameters={"learning_rate": 0.2})`.
    """

    def __init__(self, name: str, default_value: ParameterDefault) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"{name!r} is not the name of a parameter. Expected text that is not empty.")
        if type(default_value) not in _TYPES:
            raise ValueError(
                f"The default of the parameter '{name}' is {default_value!r}, of type {type(default_value).__name__}. "
                "Expected an int, float, bool, str, DataPath, or None to leave the argument out."
            )
        self.name = name
        self.default_value = default_value

    def _declaration(self) -> Parameter:
        return Parameter(self.name, plain(self.default_value))

    def __str__(self) -> str:
        return parameter_placeholder(re.sub(r"\W", "_", self.name))

    def __repr__(self) -> str:
        return f"PipelineParameter(name={self.name!r}, default_value={self.default_value!r})"


def plain(value: Any) -> ParameterValue:
    """Return a parameter's value as the plan holds it."""
    return value._value() if isinstance(value, DataPath) else value  # noqa: SLF001 - the SDK's own seam


def checked_values(
    declared: Iterable[Parameter], given: Mapping[str, Any] | None, datastores: Iterable[str]
) -> tuple[dict[str, ParameterValue], list[str]]:
    """Return the values as a submission holds them, and a sentence for each that cannot be used.

    As in v1 a value has exactly the type of the default: 20 is not "20", not 20.0, and (better than v1) not True.
    None leaves the argument out. A data path is a DataPath or the text "datastore/path".

    Args:
        declared: The parameters of the pipeline.
        given: Values by name.
        datastores: Names of the workspace's datastores.
    """
    known = {parameter.name: parameter for parameter in declared}
    values: dict[str, ParameterValue] = {}
    problems: list[str] = []
    for name, value in (given or {}).items():
        if name not in known:
            problems.append(
                f"The pipeline has no parameter '{name}'.{nearest(str(name), list(known))} It has: "
                f"{listed(sorted(known))}."
            )
            continue
        taken, problem = _checked(known[name], value, set(datastores))
        values[name] = taken
        problems.extend([problem] if problem else [])
    return values, problems


def _checked(parameter: Parameter, value: Any, datastores: set[str]) -> tuple[ParameterValue, str | None]:
    default = parameter.default
    if isinstance(default, DataPathValue):
        return _checked_place(parameter.name, value, datastores)
    if type(value) not in _TYPES:
        return None, (
            f"The parameter '{parameter.name}' was given {value!r}, a {type(value).__name__}. Expected "
            f"{_WORDS.get(type(default), 'an int, float, bool, str or DataPath')}."
        )
    taken = plain(value)
    if default is None or taken is None or type(taken) is type(default):
        return taken, None
    return None, (
        f"The parameter '{parameter.name}' takes {_WORDS[type(default)]}, because its default is {default!r}; "
        f"it was given {value!r}, {_WORDS[type(taken)]}."
    )


def _checked_place(name: str, value: Any, datastores: set[str]) -> tuple[ParameterValue, str | None]:
    place = plain(value)
    if isinstance(value, str) and value:
        datastore, _, path = value.partition("/")
        place = DataPathValue(datastore, normal_path(path))
    if not isinstance(place, DataPathValue):
        return None, (
            f"The parameter '{name}' was given {value!r}. Expected a DataPath, or the text 'datastore/path'."
        )
    if place.datastore not in datastores:
        return None, (
            f"The parameter '{name}' names the datastore '{place.datastore}', which the workspace does not have."
            f"{nearest(place.datastore, sorted(datastores))} It has: {listed(sorted(datastores))}."
        )
    if ".." in place.path.split("/"):
        return None, (
            f"The parameter '{name}' was given the path {place.path!r}. Give a path inside the datastore, "
            "without '..'."
        )
    return place, None
